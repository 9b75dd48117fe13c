from aiokafka import AIOKafkaProducer
from config import Config
p = AIOKafkaProducer(bootstrap_servers=Config().bus)
