from aiokafka import AIOKafkaProducer
from app.settings import Settings
