from pydantic import BaseModel


class KafkaSettings(BaseModel):
    brokers: str = "localhost:9092"
