const { Kafka } = require('kafkajs');

const kafka = new Kafka({ clientId: 'worker', brokers: ['kafka:29092'] });
kafka.consumer({ groupId: 'worker' }).connect();
