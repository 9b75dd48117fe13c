package main

import (
	"github.com/IBM/sarama"
	"github.com/kelseyhightower/envconfig"
)

type config struct {
	KafkaBrokers []string `split_words:"true" default:"localhost:9092"`
}

func main() {
	var c config
	_ = envconfig.Process("dispatch", &c)
	_, _ = sarama.NewSyncProducer(c.KafkaBrokers, nil)
}
