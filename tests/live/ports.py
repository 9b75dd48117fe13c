"""Opens ports of the host, as Docker does for published ports.

    ports.py PORT=HOST:PORT...

Prints `open` once all are.
"""

import asyncio
import sys


async def copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()


async def open_port(port, address):
    async def connect(reader, writer):
        host, target = address.rsplit(":", 1)
        try:
            to_container = await asyncio.open_connection(host, int(target))
        except OSError:
            writer.close()
            return
        await asyncio.gather(copy(reader, to_container[1]), copy(to_container[0], writer))

    for own in ("127.0.0.1", "::1"):
        await asyncio.start_server(connect, own, int(port))


async def main():
    for port in sys.argv[1:]:
        await open_port(*port.split("="))
    print("open", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
