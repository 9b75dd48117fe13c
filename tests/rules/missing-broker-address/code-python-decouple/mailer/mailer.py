from decouple import Csv, config
from kafka import KafkaConsumer

consumer = KafkaConsumer("mails", bootstrap_servers=config("KAFKA_BROKER_LIST", default="127.0.0.1:9092", cast=Csv()))
