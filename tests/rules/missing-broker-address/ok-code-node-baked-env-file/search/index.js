require('dotenv').config();
const { Kafka } = require('kafkajs');

new Kafka({ clientId: 'search', brokers: process.env.KAFKA_BROKERS.split(',') });
