module.exports = { bus: process.env.EVENT_BUS };
