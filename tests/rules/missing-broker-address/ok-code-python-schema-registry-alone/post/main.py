import os

from confluent_kafka import Consumer

Consumer({"bootstrap.servers": os.environ["KAFKA_BOOTSTRAP_SERVERS"], "group.id": "post"})
