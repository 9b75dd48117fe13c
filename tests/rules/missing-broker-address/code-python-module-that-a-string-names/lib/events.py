import os

from aiokafka import AIOKafkaProducer


def producer():
    return AIOKafkaProducer(bootstrap_servers=os.getenv("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092"))
