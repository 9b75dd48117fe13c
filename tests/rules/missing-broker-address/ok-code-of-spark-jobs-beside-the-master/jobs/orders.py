import os
from confluent_kafka import Consumer

Consumer({"bootstrap.servers": os.getenv("KAFKA_BROKERS", "localhost:9092")})
