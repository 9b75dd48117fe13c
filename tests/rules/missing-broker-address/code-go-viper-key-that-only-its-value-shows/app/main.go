package main
import (
	"strings"
	"github.com/segmentio/kafka-go"
	"github.com/spf13/viper"
)
func main() {
	viper.SetEnvPrefix("SHOP")
	viper.SetEnvKeyReplacer(strings.NewReplacer(".", "_"))
	viper.AutomaticEnv()
	viper.SetConfigFile("config.yaml")
	viper.ReadInConfig()
	w := &kafka.Writer{Addr: kafka.TCP(viper.GetString("events.seeds"))}
	_ = w
}
