const { Kafka } = require('kafkajs');

const kafka = new Kafka({ clientId: 'app', brokers: [`${process.env.KAFKA_BROKER || 'kafka'}:9092`] });
kafka.producer().connect();
