package main

import (
	"strings"

	"github.com/knadh/koanf/providers/env"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
	"github.com/segmentio/kafka-go"
)

var k = koanf.New(".")

func main() {
	k.Load(file.Provider("config.yaml"), nil)
	k.Load(env.Provider("LEDGER_", ".", func(s string) string {
		return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(s, "LEDGER_")), "_", ".")
	}), nil)
	kafka.NewReader(kafka.ReaderConfig{Brokers: k.Strings("kafka.brokers"), Topic: "entries"})
}
