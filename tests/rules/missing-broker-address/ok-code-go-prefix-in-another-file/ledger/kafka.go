package main

import "github.com/twmb/franz-go/pkg/kgo"

type kafkaConfig struct {
	Brokers []string `env:"BROKERS" envDefault:"localhost:9092"`
}

func (c kafkaConfig) client() (*kgo.Client, error) {
	return kgo.NewClient(kgo.SeedBrokers(c.Brokers...))
}
