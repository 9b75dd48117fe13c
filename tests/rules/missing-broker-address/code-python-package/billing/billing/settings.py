import os

BROKERS = os.environ["BILLING_KAFKA_URL"]
