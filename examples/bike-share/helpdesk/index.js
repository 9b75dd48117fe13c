const http = require('node:http');

// The page in the browser makes the video call; it is told here where to.
http.createServer((_, response) => response.end(JSON.stringify({ turn: process.env.TURN_URL }))).listen(4000);
