from aiokafka import AIOKafkaProducer
from pydantic_settings import BaseSettings, SettingsConfigDict


class KafkaSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PRICING_KAFKA_")

    brokers: str = "localhost:9092"
    topic: str = "prices"


settings = KafkaSettings()
producer = AIOKafkaProducer(bootstrap_servers=settings.brokers)
