import os
from confluent_kafka import Producer

producer = Producer({"bootstrap.servers": os.getenv("KAFKA_BOOTSTRAP", "127.0.0.1:9092")})
