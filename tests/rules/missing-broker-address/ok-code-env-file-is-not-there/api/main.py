import os
from confluent_kafka import Consumer

consumer = Consumer({"bootstrap.servers": os.environ["KAFKA_BROKERS"], "group.id": "api"})
