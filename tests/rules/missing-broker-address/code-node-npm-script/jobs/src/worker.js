const { Kafka } = require('kafkajs');

new Kafka({ clientId: 'jobs', brokers: [process.env.KAFKA_BROKER_1 || 'localhost:9092'] });
