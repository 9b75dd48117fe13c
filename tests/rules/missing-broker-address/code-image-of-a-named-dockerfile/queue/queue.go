package queue

import (
	"os"

	"github.com/segmentio/kafka-go"
)

func Writer() *kafka.Writer {
	return &kafka.Writer{Addr: kafka.TCP(os.Getenv("KAFKA_HOSTS"))}
}
