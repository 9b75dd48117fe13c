import os
from kafka import KafkaProducer

host = os.environ.get("KAFKA_HOST", "localhost")
port = os.environ.get("KAFKA_PORT", "9094")
producer = KafkaProducer(bootstrap_servers=f"{host}:{port}")
