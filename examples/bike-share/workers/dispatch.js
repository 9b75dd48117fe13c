const { follow } = require('./kafka');

follow('dispatch-worker', 'docks', async (dock) => console.log('send a van to', dock));
