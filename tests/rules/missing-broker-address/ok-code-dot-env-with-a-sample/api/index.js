require('dotenv').config();
const { Kafka } = require('kafkajs');

new Kafka({ brokers: [process.env.KAFKA_BROKERS || 'localhost:9092'] });
