const { Kafka } = require('kafkajs');

const kafka = new Kafka({ clientId: 'alerts', brokers: process.env.KAFKA_BROKERS.split(',') });
const consumer = kafka.consumer({ groupId: 'alerts' });

async function main() {
  await consumer.connect();
  await consumer.subscribe({ topic: 'docks' });
  await consumer.run({ eachMessage: async ({ message }) => console.log('mail about', message.key.toString()) });
}

main();
