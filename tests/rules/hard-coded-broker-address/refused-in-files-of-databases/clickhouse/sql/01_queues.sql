CREATE TABLE fares_queue (id UInt64, amount Decimal(9, 2)) ENGINE = Kafka
SETTINGS kafka_broker_list = 'localhost:9092', kafka_topic_list = 'fares', kafka_group_name = 'house', kafka_format = 'JSONEachRow';

CREATE TABLE rides_queue (id UInt64) ENGINE = Kafka('localhost:9092', 'rides', 'house', 'JSONEachRow');
