"""Measure a service: requests per second of examples/web.py, with and without a scope for each request.

The service runs in a process of its own, under uvicorn. The clients are connections of this process that send
one request after the other. `X-Override` sets two parameters for a request.
"""

# ruff: noqa: T201
from __future__ import annotations

import argparse
import asyncio
import socket
import subprocess
import sys
from pathlib import Path
from statistics import median
from time import perf_counter

from measure import KERNELS, environment, say

EXAMPLES = Path(__file__).parent.parent / "examples"
CONNECTIONS = 8
# The same service without the middleware that enters a scope.
WITHOUT = (
    "import uvicorn, web; from starlette.applications import Starlette; from starlette.routing import Route; "
    "uvicorn.run(Starlette(routes=[Route('/search', web.answer)]), port={port}, log_level='warning')"
)
WITH = "import uvicorn, web; uvicorn.run(web.app, port={port}, log_level='warning')"
REQUEST = "GET /search?q=cat HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n"
OVERRIDES = "X-Override: search.algo=v2, search.limit=2\r\n"
# A header of the same length, because parsing a header takes time too.
IGNORED = "X-Ignored:  search.algo=v2, search.limit=2\r\n"
SERVICES = [
    ("without a scope", WITHOUT, IGNORED),
    ("a scope for each request, nothing set", WITH, IGNORED),
    ("a scope for each request, two overrides", WITH, OVERRIDES),
]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


async def client(port: int, request: bytes, count: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(count):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 "), head
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
    writer.close()
    await writer.wait_closed()


async def load(port: int, request: bytes, count: int) -> float:
    """Return the requests per second of `CONNECTIONS` clients that send `count` requests each."""
    start = perf_counter()
    await asyncio.gather(*(client(port, request, count) for _ in range(CONNECTIONS)))
    return CONNECTIONS * count / (perf_counter() - start)


def wait_for(port: int) -> None:
    for _ in range(400):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            asyncio.run(asyncio.sleep(0.05))
    raise SystemExit("the service did not start")


def measure(code: str, headers: str, kernel: str, count: int) -> float:
    port = free_port()
    added = {"HYPERPARAMETER_KERNEL": kernel, "PYTHONPATH": str(EXAMPLES)}
    command = [sys.executable, "-c", code.format(port=port)]
    with subprocess.Popen(command, env=environment(**added)) as process:
        try:
            wait_for(port)
            request = REQUEST.format(headers=headers).encode()
            asyncio.run(load(port, request, count // 10 + 1))
            return asyncio.run(load(port, request, count))
        finally:
            process.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a short run")
    options = parser.parse_args()
    rounds, count = (2, 200) if options.quick else (5, 500)
    print(f"Requests per second of examples/web.py under uvicorn, {CONNECTIONS} connections. Medians.\n")
    for kernel in KERNELS:
        found: dict[str, list[float]] = {name: [] for name, *_ in SERVICES}
        for number in range(rounds):
            for name, code, headers in SERVICES:
                say(f"service, round {number + 1} of {rounds}: {name}")
                found[name].append(measure(code, headers, kernel, count))
        say("")
        floor = median(found[SERVICES[0][0]])
        for name, figures in found.items():
            print(f"{kernel:<8}{name:<44}{median(figures):8,.0f}  {median(figures) / floor:.2f}")
    print()


if __name__ == "__main__":
    main()
