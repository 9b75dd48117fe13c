const { Kafka } = require('kafkajs');
const kafka = new Kafka({ clientId: 'fares', brokers: process.env.STREAM_HOSTS.split(',') });
kafka.producer().connect();
