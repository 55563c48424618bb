"""The settings that an archive remembers: those that differ from the defaults, and of secrets the names alone."""

import hmac
import re
from pathlib import Path

from portal import config
from portal.config import Settings

_SECRET = re.compile(r"key|token|secret|pass|credential|sig", re.IGNORECASE)
_WHO = re.compile(r"(?<=://).*@")
"""User and password in an address: up to the last @, whatever characters a careless password has."""
_IN_QUERY = re.compile(r"([?&;][^=&]*(?:key|token|secret|pass|credential|sig)[^=&]*=)[^&#]*", re.IGNORECASE)


def differing(s: Settings) -> tuple[dict[str, str], list[str]]:
    """(variable → value of each setting that is not the default, variables whose secrets have to be provided again).

    Addresses are kept without user and password.
    """
    here = {name: getattr(s, name) for name in ("data_dir", "uploads_dir", "bind", "base_url", "secret_key")}
    standard = config.load({}, **here)
    usual_here = {"base_url": f"http://{s.bind}"}
    kept: dict[str, str] = {}
    secrets = ["PORTAL_SECRET_KEY"]
    for variable, setting in config.all_settings():
        name, value = setting.name, getattr(s, setting.name)
        default = setting.default.resolve() if isinstance(setting.default, Path) else setting.default
        usual = usual_here.get(name, default) if name in here else getattr(standard, name)
        if value in (default, usual) or name == "secret_key":
            continue
        if _SECRET.search(name) and isinstance(value, str):
            secrets.append(variable)
            continue
        words = "yes" if value is True else "no" if value is False else str(value)
        kept[variable] = _IN_QUERY.sub(r"\1…", _WHO.sub("", words))
        if kept[variable] != words:
            secrets.append(variable)
    return kept, secrets


def key_mark(s: Settings) -> str:
    """The same for the same secret key, and of no use to whoever wants to know it (it has 32 characters or more)."""
    return hmac.digest(s.secret_key.encode(), b"portal backup", "sha256").hex()[:16]
