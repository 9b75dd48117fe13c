import os
from kafka import KafkaProducer
p = KafkaProducer(bootstrap_servers=os.environ["KAFKA_SERVERS"])
