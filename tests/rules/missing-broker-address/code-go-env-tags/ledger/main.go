package main

import (
	"github.com/caarlos0/env/v11"
	"github.com/twmb/franz-go/pkg/kgo"
)

type config struct {
	Seeds []string `env:"KAFKA_SEEDS" envDefault:"localhost:9092" envSeparator:","`
}

func main() {
	c, _ := env.ParseAs[config]()
	_, _ = kgo.NewClient(kgo.SeedBrokers(c.Seeds...))
}
