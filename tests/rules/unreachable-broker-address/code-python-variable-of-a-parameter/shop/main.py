import typer
from kafka import KafkaProducer


def main(url: str = typer.Option(..., help="the page to load", envvar="PAGE"),
         target: str = typer.Option(..., help="where it goes", envvar="TARGET")):
    KafkaProducer(bootstrap_servers=target).send("pages", url.encode())


typer.run(main)
