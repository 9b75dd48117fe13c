const { Client } = require('pg');

async function main() {
  const db = new Client({ connectionString: process.env.DATABASE_URL });
  await db.connect();
  await db.query("INSERT INTO old_trips SELECT * FROM trips WHERE ended < now() - interval '1 month'");
  await db.end();
}

main();
