from confluent_kafka import Consumer
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    kafka_bootstrap_servers: str = "kafka:9092"


consumer = Consumer({"bootstrap.servers": Settings().kafka_bootstrap_servers, "group.id": "alerts"})
