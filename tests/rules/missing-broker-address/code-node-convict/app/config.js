const convict = require('convict');
module.exports = convict({
  kafka: {
    hosts: { doc: 'seeds', format: String, default: 'localhost:9092', env: 'EVENT_HOSTS' },
  },
});
