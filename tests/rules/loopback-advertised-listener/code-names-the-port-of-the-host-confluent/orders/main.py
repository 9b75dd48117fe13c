from kafka import KafkaConsumer

for order in KafkaConsumer("orders", bootstrap_servers=["kafka:9092"]):
    print(order.value)
