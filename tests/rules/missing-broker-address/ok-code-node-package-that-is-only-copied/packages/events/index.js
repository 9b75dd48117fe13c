const { Kafka } = require('kafkajs');

module.exports = new Kafka({ brokers: [process.env.KAFKA_BROKERS || 'localhost:9092'] });
