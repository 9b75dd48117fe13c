const { Kafka } = require('kafkajs');

new Kafka({ clientId: process.env.ROLE, brokers: [process.env.KAFKA_BROKER || 'localhost:9092'] });
