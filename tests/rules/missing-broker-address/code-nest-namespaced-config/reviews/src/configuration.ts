export default () => ({
  kafka: { brokers: (process.env.KAFKA_BROKERS || 'localhost:9092').split(',') },
});
