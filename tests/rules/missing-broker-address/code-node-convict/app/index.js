const { Kafka } = require('kafkajs');
const config = require('./config');
const kafka = new Kafka({ brokers: config.get('kafka.hosts').split(',') });
