package events

import "github.com/segmentio/kafka-go"

func Read() *kafka.Reader {
	return kafka.NewReader(kafka.ReaderConfig{Brokers: []string{"localhost:9092"}, Topic: "trips"})
}
