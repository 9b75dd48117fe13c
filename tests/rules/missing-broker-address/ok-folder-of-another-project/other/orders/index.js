const { Kafka } = require('kafkajs');
new Kafka({ brokers: [process.env.ORDERS_BROKER || 'localhost:9092'] });
