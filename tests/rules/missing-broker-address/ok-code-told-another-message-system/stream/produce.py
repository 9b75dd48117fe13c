import os
from kafka import KafkaProducer

KafkaProducer(bootstrap_servers=os.getenv("KAFKA_BROKERS", "localhost:9092"))
