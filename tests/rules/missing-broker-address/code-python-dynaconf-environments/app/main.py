from kafka import KafkaProducer
from config import settings
p = KafkaProducer(bootstrap_servers=settings.kafka_servers)
