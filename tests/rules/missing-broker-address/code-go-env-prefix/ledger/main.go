package main

import (
	"github.com/caarlos0/env/v11"
	"github.com/twmb/franz-go/pkg/kgo"
)

type kafkaConfig struct {
	Brokers []string `env:"BROKERS" envDefault:"localhost:9092"`
}

type config struct {
	Kafka kafkaConfig `envPrefix:"KAFKA_"`
}

func main() {
	c, _ := env.ParseAs[config]()
	_, _ = kgo.NewClient(kgo.SeedBrokers(c.Kafka.Brokers...))
}
