module example.org/scan

require (
	github.com/segmentio/kafka-go v0.4.47
	github.com/urfave/cli/v2 v2.27.0
)
