module example.org/ledger

require (
	github.com/knadh/koanf/v2 v2.1.1
	github.com/segmentio/kafka-go v0.4.47
)
