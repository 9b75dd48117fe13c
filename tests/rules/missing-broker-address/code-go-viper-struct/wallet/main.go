package main

import (
	"strings"

	"github.com/segmentio/kafka-go"
	"github.com/spf13/viper"
)

type config struct {
	Kafka struct {
		Brokers []string `mapstructure:"brokers"`
	} `mapstructure:"kafka"`
}

func main() {
	viper.SetConfigFile("config.yaml")
	viper.SetEnvKeyReplacer(strings.NewReplacer(".", "_"))
	viper.AutomaticEnv()
	_ = viper.ReadInConfig()
	var c config
	_ = viper.Unmarshal(&c)
	_ = kafka.TCP(c.Kafka.Brokers...)
}
