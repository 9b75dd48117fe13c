package main

import (
	"os"

	"github.com/confluentinc/confluent-kafka-go/v2/kafka"
)

func lookup(name, fallback string) string {
	if value, ok := os.LookupEnv(name); ok {
		return value
	}
	return fallback
}

func main() {
	_, _ = kafka.NewProducer(&kafka.ConfigMap{"bootstrap.servers": lookup("TICKETS_KAFKA_SERVER", "localhost:9092")})
}
