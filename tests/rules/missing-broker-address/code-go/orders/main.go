package main

import (
	"os"

	"github.com/segmentio/kafka-go"
)

func main() {
	address := os.Getenv("KAFKA_ADDR")
	if address == "" {
		address = "localhost:9092"
	}
	_ = kafka.TCP(address)
}
