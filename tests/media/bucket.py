"""A real server of the S3 protocol on this machine, in a process of its own, and fresh buckets on it."""

import secrets
import socket
import subprocess
import sys
import time
from urllib.request import Request, urlopen

START = "from moto.server import main; main(['-H', '{host}', '-p', '{port}'])"


class Server:
    """Started at once, ended by `stop()`; `bucket()` makes a new one and gives the setting that names it."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        with socket.create_server((host, 0)) as free:
            self.port = free.getsockname()[1]
        self.address = f"http://{host}:{self.port}"
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", START.format(host=host, port=self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                with socket.create_connection((host, self.port), 1):
                    return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise RuntimeError("the server of buckets does not start") from None
                time.sleep(0.1)

    def bucket(self) -> str:
        """A new, empty, private bucket, as PORTAL_STORAGE_URL names it."""
        name = f"pictures-{secrets.token_hex(6)}"
        sign = "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
        made = Request(f"{self.address}/{name}", method="PUT", headers={"Authorization": sign})
        with urlopen(made, timeout=20) as answer:
            assert answer.status == 200
        return f"s3://key:secret@{name}/portal?endpoint={self.address}"

    def stop(self) -> None:
        """End the server: from now on nobody answers at its address."""
        self._process.kill()
        self._process.wait()
