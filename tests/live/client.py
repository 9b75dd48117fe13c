"""Sends a message with confluent-kafka, and reads it again.

    client.py MESSAGE VARIABLE...

The broker's address is in the variable, or in two of host and port; without them it is the default that programs have,
`localhost:9092`. Exits with 0 if the message came back, else with 1; what the library says of an error goes to standard error.
"""

import os
import re
import sys

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition

TOPIC = "live"
SECONDS = 5


def bootstrap_servers(variables):
    """What is left of a scheme, a JSON list or quotes: `host:port`, separated by commas."""
    value = ":".join(filter(None, map(os.environ.get, variables))) or "localhost:9092"
    return ",".join(re.findall(r"(?:\[[0-9a-f:]+\]|[\w.-]+):\d+", value))


def main():
    message, *variables = sys.argv[1:]
    delivered, errors = [], []
    settings = {
        "bootstrap.servers": bootstrap_servers(variables),
        "error_cb": errors.append,
        "log_level": 0,
    }

    producer = Producer(settings | {"message.timeout.ms": SECONDS * 1000})
    producer.produce(TOPIC, message.encode(), on_delivery=lambda error, sent: delivered.append((error, sent)))
    while not delivered and not any(error.code() == KafkaError._ALL_BROKERS_DOWN for error in errors):
        producer.poll(0.1)
    producer.purge()
    if not delivered or delivered[0][0]:
        sys.exit("\n".join(error.str() for error in errors))

    sent = delivered[0][1]
    consumer = Consumer(settings | {"group.id": TOPIC})
    consumer.assign([TopicPartition(TOPIC, sent.partition(), sent.offset())])
    received = consumer.poll(SECONDS)
    consumer.close()
    if received is None or received.error() or received.value().decode() != message:
        sys.exit("\n".join(["not consumed", *(error.str() for error in errors)]))


main()
