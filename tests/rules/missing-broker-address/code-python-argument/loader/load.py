import click
from kafka import KafkaProducer


@click.command()
@click.option("--brokers", envvar="LOADER_KAFKA_BROKERS", default="localhost:9092")
def load(brokers):
    KafkaProducer(bootstrap_servers=brokers)


load()
