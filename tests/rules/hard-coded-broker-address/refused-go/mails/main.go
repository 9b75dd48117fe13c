package main

import "github.com/segmentio/kafka-go"

const broker = "localhost:9092"

func main() {
	_ = kafka.NewReader(kafka.ReaderConfig{Brokers: []string{broker}, Topic: "mails"})
}
