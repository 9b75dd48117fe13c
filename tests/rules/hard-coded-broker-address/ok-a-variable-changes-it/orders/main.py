import os
from kafka import KafkaConsumer

consumer = KafkaConsumer("orders", bootstrap_servers=os.getenv("KAFKA_BROKERS", "localhost:9092"))
