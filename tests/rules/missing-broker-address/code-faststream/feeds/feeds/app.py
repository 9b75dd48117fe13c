import os

from faststream import FastStream
from faststream.kafka import KafkaBroker

broker = KafkaBroker(os.environ["FEEDS_KAFKA_ENDPOINT"])
app = FastStream(broker)
