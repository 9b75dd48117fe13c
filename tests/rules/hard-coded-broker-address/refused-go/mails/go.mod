module example.org/mails

require github.com/segmentio/kafka-go v0.4.47
