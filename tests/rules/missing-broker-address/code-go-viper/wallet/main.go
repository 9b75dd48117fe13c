package main

import (
	"strings"

	"github.com/segmentio/kafka-go"
	"github.com/spf13/viper"
)

func main() {
	viper.SetEnvPrefix("wallet")
	viper.SetEnvKeyReplacer(strings.NewReplacer(".", "_"))
	viper.AutomaticEnv()
	viper.SetDefault("kafka.brokers", "localhost:9092")
	writer := &kafka.Writer{Addr: kafka.TCP(strings.Split(viper.GetString("kafka.brokers"), ",")...)}
	defer writer.Close()
}
