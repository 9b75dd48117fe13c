const { Kafka } = require('kafkajs');

// On a developer's machine: brokers: ['localhost:9092']
new Kafka({ clientId: 'orders', brokers: ['kafka:9092'] });
