require 'rdkafka'

Rdkafka::Config.new('bootstrap.servers': ENV.fetch('KAFKA_SERVERS', 'localhost:9092')).producer
