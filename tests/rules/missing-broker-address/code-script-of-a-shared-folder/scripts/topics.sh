#!/bin/sh
/opt/kafka/bin/kafka-topics.sh --bootstrap-server "${KAFKA_BOOTSTRAP_SERVERS:-localhost:9092}" --create --topic orders
