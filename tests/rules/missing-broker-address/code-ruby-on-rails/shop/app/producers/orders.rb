require "kafka"

KAFKA = Kafka.new([ENV.fetch("ORDERS_BROKER", "localhost:9092")])
