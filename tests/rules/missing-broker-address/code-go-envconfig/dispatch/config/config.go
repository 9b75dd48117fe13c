package config

import "github.com/kelseyhightower/envconfig"

type Config struct {
	KafkaBrokers []string `envconfig:"KAFKA_BROKERS" default:"localhost:9092"`
}

func Load() (c Config, err error) {
	err = envconfig.Process("", &c)
	return
}
