"""Static files: joined, named by their content, packed once, served for ever.

A server lays them out in its data folder, each beside its packed forms, and gives them out from there before the
application does any work. Where nobody serves (a command, most tests), and where that folder can't be written, they go
out as they are.
"""

import gzip
import hashlib
import logging
import re
import shutil
import tempfile
import zlib
from functools import partial
from pathlib import Path
from typing import Any

import brotli
from flask import Flask, Response, abort
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor

from portal.access import public
from portal.site import the_site

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
EXTENSION = "portal.static"
EDITIONS = 2
"""Laid out at most: that of now, and the one that a server which is being replaced may still give out."""


class Fingerprints:
    """The address of each static file, with a hash of its content in it; read once at start."""

    def __init__(self, folder: Path = STATIC) -> None:
        self.folder = folder
        self.bundles = {"site.css": _joined(_in_order(folder)), "show.css": _joined(_shown(folder))}
        files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
        self.names = frozenset((*files, *self.bundles))
        digest = hashlib.sha256()
        for name in sorted(self.names):
            digest.update(name.encode() + self.content(name))
        self.version = digest.hexdigest()[:12]
        self.server: WhiteNoise | None = None

    def content(self, name: str) -> bytes:
        """What is in the file `name`."""
        return self.bundles[name] if name in self.bundles else (self.folder / name).read_bytes()

    def url(self, name: str) -> str:
        """The address of the file `name` (a path below static/, or one of the joined: site.css, show.css)."""
        path = "js/site.js" if name == "site.js" else name
        return f"/static/{self.version}/{path}"


def _in_order(folder: Path) -> list[Path]:
    """The styles of every page, in the order of order.txt."""
    lines = (line.strip() for line in (folder / "css" / "order.txt").read_text().splitlines())
    return [folder / line for line in lines if line and not line.startswith("#")]


def _shown(folder: Path) -> list[Path]:
    """The styles that only pages of pictures and stories need; each stands alone, so their order means nothing."""
    return sorted((folder / "css" / "show").glob("*.css"))


def _joined(files: list[Path]) -> bytes:
    """These styles in one file, without comments and without the spaces that mean nothing."""
    styles = b"\n".join(file.read_bytes() for file in files)
    styles = re.sub(rb"/\*.*?\*/", b"", styles, flags=re.S)
    # A space before a colon means something (a descendant), one after it never does.
    return re.sub(rb":\s+", b":", re.sub(rb"\s*([{};,])\s*", rb"\1", styles)).strip()


def init_app(app: Flask) -> None:
    """Serve /static/<version>/… before the application does any work, and /theme.css."""
    prints = app.extensions[EXTENSION] = Fingerprints()
    app.jinja_env.globals["static_url"] = prints.url
    server = WhiteNoise(
        app.wsgi_app,
        root=str(STATIC),
        prefix=f"/static/{prints.version}/",
        max_age=31_536_000,
        immutable_file_test=lambda path, url: True,
        add_headers_function=_headers,
    )
    # The module's address decides what `import` finds beside it, so scripts stay files of their own.
    app.wsgi_app = prints.server = server  # type: ignore[method-assign]

    for name, content in prints.bundles.items():
        address, endpoint = f"/static/{prints.version}/{name}", name.replace(".", "_")
        app.add_url_rule(address, endpoint, public(partial(_send_styles, content)))

    @app.get("/theme.css", endpoint="theme")
    @public
    def theme() -> Response:
        """The one colour that is the company's own; everything else derives from it."""
        answer = Response(f":root{{--accent-hue:{the_site().accent_hue}}}\n", mimetype="text/css")
        answer.headers["Cache-Control"] = "public, max-age=300"
        return answer

    @app.get("/static/<path:rest>", endpoint="static")
    @public
    def stale(rest: str) -> Response:
        """An address from before an upgrade: its file is there under the new one, or not at all."""
        name = rest.partition("/")[2]
        if name not in prints.names:
            abort(404)
        return Response(status=302, headers={"Location": prints.url(name)})


def _send_styles(content: bytes) -> Response:
    answer = Response(content, mimetype="text/css")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


def lay_out(app: Flask) -> None:
    """Give everything out packed, from the data folder; it is packed when this edition is served for the first time."""
    prints: Fingerprints = app.extensions[EXTENSION]
    editions = app.extensions["portal.settings"].data_dir / "static"
    place = editions / prints.version
    try:
        if not _is_whole(place, prints):
            _pack(place, prints)
            _clear_up(editions)
    except OSError as error:
        log.warning("static files go out unpacked: %s", error)
        return
    assert prints.server is not None
    prints.server.add_files(str(place), prefix=f"/static/{prints.version}/")


def _pack(place: Path, prints: Fingerprints) -> None:
    """Beside where they shall be, then there in one step."""
    place.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".making-", dir=place.parent))
    try:
        packer = Compressor(quiet=True)
        for name in prints.names:
            file = made / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(prints.content(name))
            list(packer.compress(str(file)))
        if not _is_whole(place, prints):  # else another server was faster, and gives it out
            shutil.rmtree(place, ignore_errors=True)
            made.rename(place)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _is_whole(place: Path, prints: Fingerprints) -> bool:
    """Whether everything lies there as it should: power may have failed when it was written."""
    try:
        for name in prints.names:
            content = prints.content(name)
            if (place / name).read_bytes() != content:
                return False
            for ending, unpack in ((".br", brotli.decompress), (".gz", gzip.decompress)):
                packed = place / f"{name}{ending}"
                if packed.exists() and unpack(packed.read_bytes()) != content:
                    return False
    except (OSError, EOFError, zlib.error, brotli.error):
        return False
    return True


def _clear_up(editions: Path) -> None:
    laid = sorted((p for p in editions.iterdir() if not p.name.startswith(".")), key=lambda p: p.stat().st_mtime)
    for old in laid[:-EDITIONS]:
        shutil.rmtree(old, ignore_errors=True)


def _headers(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
