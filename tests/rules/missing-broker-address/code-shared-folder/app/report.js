console.log('nothing about it here');
