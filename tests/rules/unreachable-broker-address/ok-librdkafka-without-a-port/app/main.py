import os

from confluent_kafka import Producer

producer = Producer({'bootstrap.servers': os.environ.get('KAFKA_BROKERS', 'localhost:9092')})
producer.produce('orders', b'1')
producer.flush()
