const { Kafka } = require('kafkajs');

const brokers = process.env.KAFKA_BROKERS || 'localhost:9092';
const kafka = new Kafka({ clientId: 'app', brokers: brokers.split(',') });
kafka.producer().connect();
