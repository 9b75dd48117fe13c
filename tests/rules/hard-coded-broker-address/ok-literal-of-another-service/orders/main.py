from confluent_kafka import Producer
from redis import Redis

cache = Redis("localhost", 6379)
producer = Producer({"bootstrap.servers": "kafka:9092"})
