from aiokafka import AIOKafkaProducer
from config import SEEDS

producer = AIOKafkaProducer(bootstrap_servers=SEEDS)
