// Sends a message with kafkajs, and reads it again: what client.py does, in Node.js.

const { Kafka, logLevel } = require("kafkajs");

const [message, topic, seconds, ...variables] = process.argv.slice(2);
const value = variables.map((name) => process.env[name]).filter(Boolean).join(":") || "localhost:9092";

const kafka = new Kafka({
  brokers: value.match(/(\[[0-9a-f:]+\]|[\w.-]+):\d+/g),
  logLevel: logLevel.ERROR,
  retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 1000 },
});

async function send() {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: [{ value: message }] });
  await producer.disconnect();
}

async function receive() {
  const consumer = kafka.consumer({ groupId: topic, sessionTimeout: 6000, heartbeatInterval: 300 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise((resolve) => {
    consumer.run({ eachMessage: async (own) => own.message.value.toString() === message && resolve() });
  });
  await consumer.disconnect();
}

// A consumer that reaches no broker would retry forever, or end because nothing is left to do.
process.exitCode = 1;
setTimeout(() => process.exit(), seconds * 1000);
send()
  .then(receive)
  .then(() => process.exit(0))
  .catch((error) => {
    console.error(error.message);
    process.exit();
  });
