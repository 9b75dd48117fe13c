const { Kafka } = require('kafkajs');
const config = require('./config');
new Kafka({ clientId: 'fares', brokers: [config.bus] }).producer();
