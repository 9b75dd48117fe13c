import { Kafka } from 'kafkajs';

const brokers = (process.env.ORDER_KAFKA_BROKERS || 'localhost:9092').split(',');
export const kafka = new Kafka({ clientId: 'orders', brokers });
