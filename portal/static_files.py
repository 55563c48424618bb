"""Static files: joined, named by their content, served compressed and for ever."""

import gzip
import hashlib
import re
from functools import cache, partial
from pathlib import Path
from typing import Any

import brotli
from flask import Flask, Response, abort, request
from whitenoise import WhiteNoise

from portal.access import public
from portal.site import the_site

STATIC = Path(__file__).parent / "static"


class Fingerprints:
    """The address of each static file, with a hash of its content in it; read once at start."""

    def __init__(self, folder: Path = STATIC) -> None:
        self.bundles = {"site.css": _joined(_in_order(folder)), "show.css": _joined(_shown(folder))}
        files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
        self.names = frozenset((*files, *self.bundles))
        digest = hashlib.sha256()
        for name in sorted(files):
            digest.update(name.encode() + files[name].read_bytes())
        self.version = digest.hexdigest()[:12]

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
    prints = Fingerprints()
    app.extensions["portal.static"] = prints
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
    app.wsgi_app = server  # type: ignore[method-assign]

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
    """Joined styles, packed as the browser understands it."""
    packing = request.accept_encodings.best_match(["br", "gzip"]) or "identity"
    answer = Response(_packed(content, packing), mimetype="text/css")
    if packing != "identity":
        answer.headers["Content-Encoding"] = packing
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


@cache
def _packed(content: bytes, packing: str) -> bytes:
    """Packed when it is first asked for: it takes as long as a page, and no command and no worker ever is."""
    if packing == "identity":
        return content
    return brotli.compress(content) if packing == "br" else gzip.compress(content, 9)


def _headers(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
