require_relative 'brokers'
require 'kafka'

Kafka.new(BROKERS, client_id: 'shop').each_message(topic: 'orders') { |message| puts message.value }
