from confluent_kafka import Producer
from config import settings
p = Producer({"bootstrap.servers": settings.seeds})
