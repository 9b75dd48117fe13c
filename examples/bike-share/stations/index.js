const { Kafka } = require('kafkajs');

const kafka = new Kafka({ clientId: 'stations', brokers: process.env.KAFKA_BROKERS.split(',') });
const producer = kafka.producer();

// A dock tells that a bike came or went.
exports.report = (dock, event) => producer.send({ topic: 'docks', messages: [{ key: dock, value: event }] });

producer.connect();
