from kafka import KafkaConsumer

import settings

for reading in KafkaConsumer("readings", bootstrap_servers=settings.KAFKA_NODES):
    print(reading.value)
