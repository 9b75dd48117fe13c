const { Kafka } = require('kafkajs');

const kafka = new Kafka({ clientId: 'billing', brokers: process.env.KAFKA_BROKERS.split(',') });
const consumer = kafka.consumer({ groupId: 'billing' });

async function main() {
  await consumer.connect();
  await consumer.subscribe({ topic: 'trips' });
  await consumer.run({ eachMessage: async ({ message }) => console.log('to be paid:', message.key.toString()) });
}

main();
