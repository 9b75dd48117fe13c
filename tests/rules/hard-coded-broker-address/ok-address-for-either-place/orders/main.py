import sys
from kafka import KafkaConsumer, KafkaProducer

if "--local" in sys.argv:
    consumer = KafkaConsumer("orders", bootstrap_servers=["localhost:9092"])
else:
    consumer = KafkaConsumer("orders", bootstrap_servers=["kafka:9092"])
producer = KafkaProducer(bootstrap_servers=["kafka:9092"])
