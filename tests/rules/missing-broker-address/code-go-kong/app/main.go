package main
import (
	"github.com/alecthomas/kong"
	"github.com/segmentio/kafka-go"
)
var cli struct {
	Seeds []string `kong:"env='EVENT_SEEDS',default='localhost:9092'"`
}
func main() {
	kong.Parse(&cli)
	w := &kafka.Writer{Addr: kafka.TCP(cli.Seeds...)}
	_ = w
}
