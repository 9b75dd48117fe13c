import asyncio
import os

from aiokafka import AIOKafkaConsumer


async def main() -> None:
    consumer = AIOKafkaConsumer("parcels", bootstrap_servers=os.environ.get("KAFKA_ADDRESS") or "localhost:9092")
    await consumer.start()


asyncio.run(main())
