"""The bare peer of the live line: passes each line that one socket sends on to all. `bare_line PORT`."""

import asyncio
import sys


async def serve(port: int) -> None:
    """Take connections until the process is ended."""
    sockets: set[asyncio.StreamWriter] = set()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sockets.add(writer)
        while line := await reader.readline():
            for other in sockets:
                other.write(line)
        sockets.discard(writer)
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
