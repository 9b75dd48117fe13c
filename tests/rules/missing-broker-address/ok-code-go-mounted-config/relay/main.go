package main

import (
	"os"

	"github.com/segmentio/kafka-go"
	"gopkg.in/yaml.v3"
)

func main() {
	var config struct {
		Kafka struct{ Brokers []string }
	}
	text, _ := os.ReadFile("/etc/relay/config.yaml")
	_ = yaml.Unmarshal(text, &config)
	_ = kafka.TCP(config.Kafka.Brokers...)
}
