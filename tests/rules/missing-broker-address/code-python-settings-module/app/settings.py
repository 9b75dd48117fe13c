import os

KAFKA_NODES = os.environ.get("KAFKA_NODES", "localhost:9092").split(",")
