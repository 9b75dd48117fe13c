const { follow } = require('./kafka');

follow('telemetry-worker', 'docks', async (dock) => console.log('seen:', dock));
