from kafka import KafkaConsumer

for message in KafkaConsumer("orders", bootstrap_servers=["localhost:9092"]):
    print(message)
