import os
from kafka import KafkaProducer
host = os.environ["MQ_HOST"]
port = os.environ["MQ_PORT"]
p = KafkaProducer(bootstrap_servers=f"{host}:{port}")
