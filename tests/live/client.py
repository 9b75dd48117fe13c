"""Sends a message with confluent-kafka, and reads it again.

    client.py MESSAGE TOPIC SECONDS VARIABLE...

The broker's address is in the variable, or in two of host and port; without them it is the default that programs have,
`localhost:9092`. Exits with 0 if the message came back, else with 1; what the library says of an error goes to standard error.
"""

import os
import re
import sys
import time

from confluent_kafka import Consumer, KafkaError, Producer


def bootstrap_servers(variables):
    """What is left of a scheme, a JSON list or quotes: `host:port`, separated by commas."""
    value = ":".join(filter(None, map(os.environ.get, variables))) or "localhost:9092"
    return ",".join(re.findall(r"(?:\[[0-9a-f:]+\]|[\w.-]+):\d+", value))


def main():
    message, topic, seconds, *variables = sys.argv[1:]
    delivered, errors = [], []
    settings = {
        "bootstrap.servers": bootstrap_servers(variables),
        "error_cb": errors.append,
        "log_level": 0,
    }

    producer = Producer(settings | {"message.timeout.ms": int(seconds) * 1000})
    producer.produce(topic, message.encode(), on_delivery=lambda error, _: delivered.append(error))
    while not delivered and not any(error.code() == KafkaError._ALL_BROKERS_DOWN for error in errors):
        producer.poll(0.1)
    producer.purge()
    if delivered != [None]:
        sys.exit("\n".join(map(str, errors + delivered)))

    consumer = Consumer(settings | {"group.id": topic, "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    end = time.monotonic() + int(seconds)
    while time.monotonic() < end:
        received = consumer.poll(0.2)
        if received and not received.error() and received.value().decode() == message:
            consumer.close()
            return
    # A group without a coordinator cannot be left.
    print("\n".join(["not consumed", *map(str, errors)]), file=sys.stderr, flush=True)
    os._exit(1)


main()
