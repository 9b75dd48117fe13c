module.exports = {
  kafka: {
    clientId: 'notifier',
    brokers: [process.env.KAFKA_HOST_1 || 'localhost:9092'],
  },
};
