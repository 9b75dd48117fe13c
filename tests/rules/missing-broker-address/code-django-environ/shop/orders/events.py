from confluent_kafka import Producer
from django.conf import settings

producer = Producer({"bootstrap.servers": settings.KAFKA_BOOTSTRAP_SERVERS})
