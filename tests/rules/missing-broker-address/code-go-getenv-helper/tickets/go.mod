module example.org/tickets

require github.com/confluentinc/confluent-kafka-go/v2 v2.5.0
