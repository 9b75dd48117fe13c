const { Kafka } = require('kafkajs');
exports.brokers = process.env.KAFKA_BROKERS || 'localhost:9092';
