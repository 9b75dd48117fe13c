const Kafka = require('node-rdkafka');

const producer = new Kafka.Producer({
  'client.id': 'metrics',
  'metadata.broker.list': process.env.KAFKA_BOOTSTRAP_BROKERS || 'localhost:9092',
});
producer.connect();
