const { Kafka } = require('kafkajs');

const kafka = new Kafka({ clientId: 'rentals', brokers: process.env.KAFKA_BROKERS.split(',') });
const producer = kafka.producer();

// A trip ends when its bike is locked again.
exports.end = (trip) => producer.send({ topic: 'trips', messages: [{ key: trip.id, value: JSON.stringify(trip) }] });

producer.connect();
