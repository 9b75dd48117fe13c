module x
require github.com/segmentio/kafka-go v0.4.47
