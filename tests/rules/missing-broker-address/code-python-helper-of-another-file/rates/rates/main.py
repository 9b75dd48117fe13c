from confluent_kafka import Producer

from rates.environment import setting

producer = Producer({"bootstrap.servers": setting("KAFKA_BOOTSTRAP_SERVERS", "localhost:9092")})
