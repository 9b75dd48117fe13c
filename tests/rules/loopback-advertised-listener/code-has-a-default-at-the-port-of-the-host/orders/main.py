import os
from kafka import KafkaConsumer

servers = os.environ.get("ORDERS_BROKERS", "kafka:9092")
for order in KafkaConsumer("orders", bootstrap_servers=servers):
    print(order.value)
