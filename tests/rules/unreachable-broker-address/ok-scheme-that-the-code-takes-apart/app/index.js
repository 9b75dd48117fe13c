const { Kafka } = require('kafkajs');
const url = new URL(process.env.KAFKA_BROKERS || 'tcp://localhost:9092');
new Kafka({ clientId: 'app', brokers: [url.host] }).producer().connect();
