from kafka import KafkaConsumer


def received():
    return KafkaConsumer("carts", bootstrap_servers=["localhost:9092"])
