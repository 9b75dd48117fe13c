package main
import (
	"os"
	"strings"
	"github.com/IBM/sarama"
)
func main() {
	c, _ := sarama.NewClient(strings.Split(os.Getenv("KAFKA_BROKERS"), ","), nil)
	_ = c
}
