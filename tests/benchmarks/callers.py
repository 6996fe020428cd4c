"""Clients that report over HTTP from a process of their own, so as not to slow down what they measure.

`python -m tests.benchmarks.callers PORT --clients 8 --each 50 --gap 0` reads the console page's token from
standard input and prints, as one line of JSON, how many milliseconds each receipt took.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from secrets import token_hex

from tests.benchmarks.installation import KIND, answers, teacher
from tests.support.processes import LOOPBACK


@dataclass(frozen=True, slots=True)
class Caller:
    """One client on one connection that it keeps. `gap`: seconds from one report to the next; 0: at once."""

    port: int
    token: str
    gap: float

    async def report(self, requests: Iterator[bytes], delay: float) -> list[float]:
        """Send the requests one after the other: milliseconds until each answer. Raises `AssertionError`."""
        reader, writer = await asyncio.open_connection(LOOPBACK, self.port)
        due, took = time.perf_counter() + delay, []
        for request in requests:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            said = await reader.readexactly(length)
            took.append(1000 * (time.perf_counter() - began))
            assert head.startswith(b"HTTP/1.1 201"), said.decode()
            due = max(due + self.gap, time.perf_counter()) if self.gap else 0.0
        writer.close()
        return took

    def request(self, number: int) -> bytes:
        """One report as it goes over the wire."""
        said = {
            "as": teacher(number),
            "kind": KIND.value,
            "key": token_hex(8),
            "answers": dict(answers(number)) | {"subject": f"Alfie Tester{token_hex(4)}"},
        }
        body = json.dumps(said).encode()
        head = (
            "POST /console/reports HTTP/1.1",
            f"Host: {LOOPBACK}:{self.port}",
            f"Authorization: Bearer {self.token}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
        )
        return "\r\n".join(head).encode() + b"\r\n\r\n" + body


async def _all(caller: Caller, clients: int, each: int) -> list[float]:
    requests = [[caller.request(one * each + place) for place in range(each)] for one in range(clients)]
    delays = [caller.gap * one / clients for one in range(clients)]
    talks = [caller.report(iter(mine), delay) for mine, delay in zip(requests, delays, strict=True)]
    return [took for one in await asyncio.gather(*talks) for took in one]


def main() -> None:
    """Report, and print how long each receipt took."""
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.callers", description=__doc__)
    asked.add_argument("port", type=int)
    asked.add_argument("--clients", type=int, required=True)
    asked.add_argument("--each", type=int, required=True)
    asked.add_argument("--gap", type=float, default=0.0)
    given = asked.parse_args()
    caller = Caller(given.port, sys.stdin.readline().strip(), given.gap)
    sys.stdout.write(json.dumps(asyncio.run(_all(caller, given.clients, given.each))) + "\n")


if __name__ == "__main__":
    main()
