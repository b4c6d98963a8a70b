"""An open-loop client: every request leaves at its time, however slow the answers to others are.

Latency counts from the time a request was due, so that a server that stalls cannot hide it (Tene, "How NOT to
Measure Latency", on coordinated omission).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.carriers import Delivery

GIVEN_UP_AFTER = 30
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one request: the HTTP status (0: none came), the body, and seconds since it was due."""

    delivery: Delivery
    status: int
    body: bytes
    seconds: float


class Client:
    """Keeps connections open as carriers do, and opens another whenever all are busy."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def call(self, delivery: Delivery, due: float) -> Answer:
        """Make one request."""
        try:
            status, body = await asyncio.wait_for(self._exchange(_request(delivery)), GIVEN_UP_AFTER)
        except (OSError, EOFError, TimeoutError):
            status, body = 0, b""
        return Answer(delivery, status, body, time.perf_counter() - due)

    async def _exchange(self, request: bytes) -> tuple[int, bytes]:
        reader, writer = await self._connection()
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        body = await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n")[0]))
        self._idle.append((reader, writer))
        return int(head.split(b" ", 2)[1]), body

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._idle:
            return self._idle.pop()
        return await asyncio.open_connection("127.0.0.1", self._port)

    def close(self) -> None:
        """Close all connections."""
        for _reader, writer in self._idle:
            writer.close()


def _request(delivery: Delivery) -> bytes:
    headers = delivery.headers | {"Host": "127.0.0.1", "Content-Length": str(len(delivery.body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{delivery.method} {delivery.target} HTTP/1.1\r\n{lines}\r\n".encode() + delivery.body


def run(port: int, schedule: Sequence[tuple[float, Delivery]]) -> list[Answer]:
    """Deliver everything at its time; return the answers."""
    return asyncio.run(_run(port, schedule))


async def _run(port: int, schedule: Sequence[tuple[float, Delivery]]) -> list[Answer]:
    client, start = Client(port), time.perf_counter()
    calls = []
    for second, delivery in schedule:
        due = start + second
        if (ahead := due - time.perf_counter()) > 0:
            await asyncio.sleep(ahead)
        calls.append(asyncio.create_task(client.call(delivery, due)))
    answers = await asyncio.gather(*calls)
    client.close()
    return answers
