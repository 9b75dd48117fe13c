from kafka import KafkaProducer

producer = KafkaProducer(bootstrap_servers=["kafka:9092"])


def send(message):
    producer.send("orders", message.value)
