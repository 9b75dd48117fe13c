from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.serialization import MessageField

registry = SchemaRegistryClient({"url": "http://registry:8081"})
