const { brokers } = require('./kafka');
