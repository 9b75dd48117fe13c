BROKERS = (ENV['KAFKA_BROKERS'] || 'localhost:9092').split(',')
