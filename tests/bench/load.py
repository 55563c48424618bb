"""Load on one address of this machine, and what it came to: by `wrk`, or by a slower client of our own without it."""

import asyncio
import http.client
import re
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

AS_BROWSERS_ASK = {"User-Agent": "Mozilla/5.0 (a person)", "Accept-Encoding": "gzip, deflate, br"}
_IN_MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True)
class Load:
    """Requests a second, milliseconds at two percentiles, and how many answers were not 2xx or 3xx or never came."""

    a_second: float
    p50: float
    p99: float
    failed: int = 0


def program() -> str:
    """What makes the load here."""
    return "wrk" if shutil.which("wrk") else "a client in Python (no wrk here), slower than some of what it measures"


def load(url: str, connections: int, seconds: float, headers: Mapping[str, str] | None = None) -> Load:
    """Ask for `url` over so many open connections, each again as soon as it is answered, for so many seconds."""
    assert url.startswith("http://127.0.0.1:")  # load goes nowhere else
    given = {**AS_BROWSERS_ASK, **(headers or {})}
    if shutil.which("wrk"):
        return _by_wrk(url, connections, seconds, given)
    return asyncio.run(_by_python(url, connections, seconds, given))


def median_of(loads: Sequence[Load]) -> Load:
    """The one in the middle by throughput, with the failures of all."""
    middle = sorted(loads, key=lambda one: one.a_second)[len(loads) // 2]
    return Load(middle.a_second, middle.p50, middle.p99, sum(one.failed for one in loads))


def fetch(port: int, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
    """One answer: its status and its bytes as they travel."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={**AS_BROWSERS_ASK, **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def _by_wrk(url: str, connections: int, seconds: float, headers: Mapping[str, str]) -> Load:
    words = ["wrk", "--latency", "--timeout", "20s", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s"]
    words += [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    said = subprocess.run([*words, url], capture_output=True, text=True, check=True, timeout=seconds + 60).stdout
    return parsed(said)


def parsed(said: str) -> Load:
    """What wrk printed, read."""
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found, said
    failed = sum(map(int, re.findall(r"Non-2xx or 3xx responses: (\d+)", said)))
    for numbers in re.findall(r"Socket errors: (.*)", said):
        failed += sum(map(int, re.findall(r"\d+", numbers)))
    return Load(float(found[1]), _percentile(said, 50), _percentile(said, 99), failed)


def _percentile(said: str, which: int) -> float:
    found = re.search(rf"^\s+{which}%\s+([\d.]+)(us|ms|s|m) *$", said, re.MULTILINE)
    assert found, said
    return float(found[1]) * _IN_MILLISECONDS[found[2]]


async def _by_python(url: str, connections: int, seconds: float, headers: Mapping[str, str]) -> Load:
    address, _, path = url.removeprefix("http://").partition("/")
    host, _, port = address.partition(":")
    lines = [f"GET /{path} HTTP/1.1", f"Host: {address}", *(f"{name}: {value}" for name, value in headers.items())]
    asked = ("\r\n".join(lines) + "\r\n\r\n").encode()
    times: list[float] = []
    failed = 0
    end = time.perf_counter() + seconds

    async def one() -> None:
        nonlocal failed
        reader, writer = await asyncio.open_connection(host, int(port))
        while (began := time.perf_counter()) < end:
            writer.write(asked)
            head = await reader.readuntil(b"\r\n\r\n")
            size = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            assert size, head
            await reader.readexactly(int(size[1]))
            times.append((time.perf_counter() - began) * 1000)
            failed += not 200 <= int(head.split(b" ", 2)[1]) < 400
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    took = time.perf_counter() - began
    times.sort()
    return Load(len(times) / took, median(times), times[int(len(times) * 0.99) - 1], failed)
