from aiokafka import AIOKafkaProducer
from pydantic_settings import BaseSettings, SettingsConfigDict

from kafka_settings import KafkaSettings


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_nested_delimiter="__")

    kafka: KafkaSettings = KafkaSettings()


producer = AIOKafkaProducer(bootstrap_servers=Settings().kafka.brokers)
