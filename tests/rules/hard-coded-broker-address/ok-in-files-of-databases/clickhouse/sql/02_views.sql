CREATE TABLE notes (id UInt64, kafka_broker String DEFAULT 'localhost:9092') ENGINE = MergeTree ORDER BY id;
