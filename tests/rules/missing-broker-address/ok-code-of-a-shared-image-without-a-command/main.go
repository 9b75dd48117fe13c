package main

import (
	"os"

	"github.com/segmentio/kafka-go"
)

func main() { kafka.TCP(os.Getenv("KAFKA_BROKERS")) }
