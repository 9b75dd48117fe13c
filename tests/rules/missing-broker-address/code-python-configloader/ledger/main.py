from kafka import KafkaProducer
from settings import settings

KafkaProducer(bootstrap_servers=settings["KAFKA_BROKER"])
