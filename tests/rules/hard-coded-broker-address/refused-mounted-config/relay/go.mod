module example.org/relay

require (
	github.com/segmentio/kafka-go v0.4.47
	gopkg.in/yaml.v3 v3.0.1
)
