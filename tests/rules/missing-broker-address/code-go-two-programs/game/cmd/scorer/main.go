package main

import (
	"os"

	"github.com/segmentio/kafka-go"
)

func main() {
	_ = kafka.NewReader(kafka.ReaderConfig{Brokers: []string{os.Getenv("KAFKA_BROKER_ADDR")}, Topic: "scores"})
}
