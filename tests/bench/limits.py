"""What a page can't be faster than here: nginx with a file of the same bytes, the bare server, an empty Flask page."""

import os
import shutil
import sys
from pathlib import Path

from flask import Flask

from tests.bench.served import Served

PROCESSES, THREADS = int(os.environ.get("PROCESSES", "2")), 8
"""Of everything that is measured: nginx has as many processes, and granian both. A site has one web process unless it
is told otherwise."""
BYTES = "BENCH_BYTES"

NGINX = """\
daemon off;
worker_processes {processes};
pid {place}/nginx.pid;
error_log {place}/error.log;
{user}
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 10000000;
    default_type "text/html; charset=utf-8";
    client_body_temp_path {place}/t1; proxy_temp_path {place}/t2; fastcgi_temp_path {place}/t3;
    uwsgi_temp_path {place}/t4; scgi_temp_path {place}/t5;
    server {{ listen 127.0.0.1:{port} reuseport; root {place}/files; }}
}}
"""


def nginx(place: Path, port: int, body: bytes) -> Served | None:
    """nginx, not started yet, with these bytes at /page; None where there is none."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        return None
    (place / "files").mkdir(parents=True, exist_ok=True)
    (place / "files" / "page").write_bytes(body)
    user = "user root;" if os.geteuid() == 0 else ""  # its workers read below our own folder
    (place / "nginx.conf").write_text(NGINX.format(place=place, port=port, processes=PROCESSES, user=user))
    words = [found, "-p", str(place), "-e", str(place / "error.log"), "-c", str(place / "nginx.conf")]
    return Served(words, place, path="/page", port=port)


def granian(target: str, python: str = sys.executable) -> list[str]:
    """The words that start granian with `target` as the portal starts it."""
    return [
        python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", "{port}", "--no-ws",
        "--workers", str(PROCESSES), "--blocking-threads", str(THREADS), target,
    ]  # fmt: skip


def bare(place: Path, body: bytes) -> Served:
    """granian with these bytes and nothing else."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "page").write_bytes(body)
    return Served(granian("tests.bench.limits:constant"), place, env={BYTES: str(place / "page")})


def empty_flask(place: Path) -> Served:
    """granian with a Flask page that says nothing."""
    return Served(granian("tests.bench.limits:empty"), place)


def constant(environ, answer):  # type: ignore[no-untyped-def]
    """WSGI: the bytes of the file that the environment names, always."""
    answer("200 OK", _HEADERS)
    return _BODY


def _empty() -> Flask:
    app = Flask("empty")
    app.add_url_rule("/", "page", lambda: "")
    return app


if BYTES in os.environ:
    _BODY = [Path(os.environ[BYTES]).read_bytes()]
    _HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(_BODY[0])))]
empty = _empty()
