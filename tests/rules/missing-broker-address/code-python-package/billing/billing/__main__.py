from confluent_kafka import Consumer

from billing import settings

invoices = Consumer({"bootstrap.servers": settings.BROKERS, "group.id": "billing"})
invoices.subscribe(["invoices"])
