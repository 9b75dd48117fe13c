const { Kafka } = require('kafkajs');

new Kafka({ clientId: 'mailer', brokers: [process.env.MAILER_KAFKA_BROKER || 'localhost:9092'] });
