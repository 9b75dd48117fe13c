const { follow } = require('./kafka');

follow('fares-worker', 'trips', async (trip) => console.log('fare of', trip));
