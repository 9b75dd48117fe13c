import os

SEEDS = os.environ.get("SEEDS", "localhost:9092")
PEERS = os.environ.get("PEERS", "localhost:9092")
