import os

from kafka import KafkaConsumer

KafkaConsumer("orders", bootstrap_servers=os.getenv("KAFKA_BROKERS", "kafka:9092"))
