const { follow } = require('./kafka');

follow('repairs-worker', 'docks', async (dock) => console.log('look at', dock));
