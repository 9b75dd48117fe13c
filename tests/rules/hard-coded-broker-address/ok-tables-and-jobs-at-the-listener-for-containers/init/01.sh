#!/bin/bash
# don't stop
set -e
clickhouse client -n <<-EOSQL
    CREATE TABLE q (a String) ENGINE = Kafka
    SETTINGS kafka_broker_list = 'kafka:29092', kafka_topic_list = 't', kafka_group_name = 'g', kafka_format = 'JSONEachRow';
EOSQL
