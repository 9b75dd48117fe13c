const { Kafka } = require('kafkajs');

const { PORT = 3000, KAFKA_SEED_BROKERS = 'localhost:9092' } = process.env;

const kafka = new Kafka({ clientId: 'carts', brokers: KAFKA_SEED_BROKERS.split(',') });
