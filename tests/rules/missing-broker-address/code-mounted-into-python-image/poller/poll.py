import os

from confluent_kafka import Consumer

consumer = Consumer({"bootstrap.servers": os.getenv("POLLER_KAFKA_SERVERS", "localhost:9092"), "group.id": "poller"})
