"""Addresses in texts: which lead inside the site, read as a browser reads them."""

import re
from urllib.parse import urlsplit

from flask import has_app_context

from portal.config import settings

_DROPPED_BY_BROWSERS = re.compile(r"[\x00-\x20\x7f]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def is_inside(address: str) -> bool:
    """Whether `address` is relative, or at the host and port of the setting `base_url`.

    Browsers drop white space and control characters in an address and read a backslash as a slash;
    so does this, since `/\\evil.example` is another host to them.
    """
    read = _DROPPED_BY_BROWSERS.sub("", address).replace("\\", "/")
    if not _SCHEME.match(read) and not read.startswith("//"):
        return True
    try:
        there = urlsplit(read)
        own = urlsplit(settings().base_url) if has_app_context() else None
        return (
            own is not None
            and there.scheme in ("", "http", "https")
            and "@" not in there.netloc
            and bool(there.hostname)
            and (there.hostname, there.port) == (own.hostname, own.port)
        )
    except ValueError:
        return False
