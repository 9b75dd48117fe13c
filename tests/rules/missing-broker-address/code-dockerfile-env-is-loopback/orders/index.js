const { Kafka } = require('kafkajs');

new Kafka({ clientId: 'orders', brokers: process.env.KAFKA_BROKERS.split(',') });
