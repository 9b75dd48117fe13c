// Sends a message with kafkajs, and reads it again: what client.py does, in Node.js.

const { Kafka, logLevel } = require("kafkajs");

const TOPIC = "live";
const [message, ...variables] = process.argv.slice(2);
const value = variables.map((name) => process.env[name]).filter(Boolean).join(":") || "localhost:9092";

const kafka = new Kafka({
  brokers: value.match(/(\[[0-9a-f:]+\]|[\w.-]+):\d+/g),
  logLevel: logLevel.ERROR,
  retry: { initialRetryTime: 100, retries: 2 },
});

async function send() {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: TOPIC, messages: [{ value: message }] });
  await producer.disconnect();
}

async function receive() {
  const consumer = kafka.consumer({ groupId: TOPIC, sessionTimeout: 2000, heartbeatInterval: 300 });
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
  const received = await new Promise((resolve) => {
    consumer.run({ eachMessage: async ({ message }) => resolve(message.value.toString()) });
  });
  await consumer.disconnect();
  if (received !== message) throw new Error(`consumed ${received}`);
}

// A consumer that reaches no broker would retry forever.
setTimeout(() => process.exit(1), 20000).unref();
send()
  .then(receive)
  .catch((error) => {
    console.error(error.message);
    process.exit(1);
  });
