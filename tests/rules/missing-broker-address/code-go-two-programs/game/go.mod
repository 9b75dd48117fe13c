module example.org/game

require github.com/segmentio/kafka-go v0.4.47
