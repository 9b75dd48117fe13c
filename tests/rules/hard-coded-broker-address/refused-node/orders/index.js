const { Kafka } = require('kafkajs');

new Kafka({ clientId: 'orders', brokers: ['localhost:9092'] });
