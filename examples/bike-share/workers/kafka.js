const { Kafka } = require('kafkajs');

// Runs `handle` for every message of a topic.
exports.follow = async (name, topic, handle) => {
  const kafka = new Kafka({ clientId: name, brokers: process.env.KAFKA_BROKERS.split(',') });
  const consumer = kafka.consumer({ groupId: name });
  await consumer.connect();
  await consumer.subscribe({ topic });
  await consumer.run({ eachMessage: ({ message }) => handle(message.key.toString()) });
};
