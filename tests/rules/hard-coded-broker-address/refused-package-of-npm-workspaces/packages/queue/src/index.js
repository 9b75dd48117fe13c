const { Kafka } = require("kafkajs");
exports.consumer = () => new Kafka({ brokers: ["localhost:9092"] }).consumer({ groupId: "mailer" });
