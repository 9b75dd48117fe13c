const config = require('config');
const { Kafka } = require('kafkajs');

new Kafka({ clientId: 'quotes', brokers: [config.get('kafka.broker')] });
