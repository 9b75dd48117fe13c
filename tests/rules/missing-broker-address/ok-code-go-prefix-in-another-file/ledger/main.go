package main

import "github.com/caarlos0/env/v11"

type config struct {
	Kafka kafkaConfig `envPrefix:"KAFKA_"`
}

func main() {
	c, _ := env.ParseAs[config]()
	_, _ = c.Kafka.client()
}
