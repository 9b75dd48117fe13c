CREATE TABLE fares (id STRING, amount DECIMAL(9, 2)) WITH (
  'connector' = 'kafka',
  'topic' = 'fares',
  'properties.bootstrap.servers' = 'localhost:9092',
  'format' = 'json'
);
