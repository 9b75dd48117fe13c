const { Kafka } = require('kafkajs');

const page = process.env.PAGE;
const target = process.env.TARGET;
const kafka = new Kafka({ clientId: page, brokers: [target] });
