const { consumer } = require("@post/queue");
consumer().connect();
