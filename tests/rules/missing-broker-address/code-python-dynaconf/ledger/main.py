from confluent_kafka import Producer
from config import settings

Producer({"bootstrap.servers": settings.kafka.bootstrap_servers})
