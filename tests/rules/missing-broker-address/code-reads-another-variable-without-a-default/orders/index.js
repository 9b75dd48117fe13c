const { Kafka } = require('kafkajs');
new Kafka({ brokers: process.env.KAFKA_BROKERS.split(',') });
