package main

import (
	"example.org/dispatch/config"
	"github.com/IBM/sarama"
)

func main() {
	c, _ := config.Load()
	_, _ = sarama.NewSyncProducer(c.KafkaBrokers, nil)
}
