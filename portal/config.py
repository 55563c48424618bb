"""The settings as the environment gives them, checked and completed; the only place that reads the environment."""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import urlsplit

from portal import here
from portal.known_settings import PREFIX, Settings, SettingsError, all_settings

__all__ = ["PREFIX", "Settings", "SettingsError", "all_settings", "load", "settings"]

_YES_OR_NO = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}


def load(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from the environment, then `overrides`, checked and completed.

    Raises SettingsError with one sentence for the first setting that cannot be used.
    """
    environ = os.environ if environ is None else environ
    hints = get_type_hints(Settings)
    given: dict[str, Any] = {}
    for variable, f in all_settings():
        raw = environ.get(variable, "").strip()
        if raw:
            given[f.name] = _parse(variable, raw, hints[f.name])
    known = {variable for variable, _ in all_settings()}
    unknown = sorted(k for k in environ if k.startswith(PREFIX) and k not in known)
    if unknown:
        raise SettingsError(
            f"{unknown[0]} is not a setting of this program; `python -m portal doctor --settings` lists them."
        )
    return _complete(replace(Settings(**given), **overrides))


def _parse(variable: str, raw: str, wanted: type) -> Any:
    try:
        if wanted is Path:
            return Path(raw)
        if wanted is bool:
            return _YES_OR_NO[raw.lower()]
        value = wanted(raw)
    except (KeyError, ValueError):
        kind = {int: "a whole number", bool: "yes or no"}.get(wanted, "a number")
        raise SettingsError(f"{variable} must be {kind}, not {raw!r}.") from None
    if wanted in (int, float) and value < 0:
        raise SettingsError(f"{variable} must not be negative.")
    return value


def _complete(s: Settings) -> Settings:
    if s.env not in ("development", "production"):
        raise SettingsError(f"PORTAL_ENV must be development or production, not {s.env!r}.")
    data_dir = s.data_dir.resolve()
    uploads = s.uploads_dir.resolve()
    base_url = (s.base_url or f"http://{s.bind}").rstrip("/")
    host = urlsplit(base_url).hostname
    if urlsplit(base_url).scheme not in ("http", "https") or not host:
        raise SettingsError("PORTAL_BASE_URL must be an address such as https://community.example.com.")
    if ":" not in s.bind or not s.bind.rpartition(":")[2].isdigit():
        raise SettingsError("PORTAL_BIND must be an address and a port, such as 127.0.0.1:8000.")
    s = replace(
        s,
        data_dir=data_dir,
        uploads_dir=uploads,
        base_url=base_url,
        database_url=_database(s.database_url or f"sqlite:///{data_dir / 'portal.sqlite3'}"),
        storage_url=s.storage_url or uploads.as_uri(),
        mail_url=s.mail_url or ("" if s.production else "folder"),
        mail_from=s.mail_from or f"no-reply@{host}",
        secret_key=s.secret_key or ("" if s.production else _kept_secret(data_dir)),
    )
    if len(s.secret_key) < 32 or len(set(s.secret_key)) < 8:
        raise SettingsError(
            "PORTAL_SECRET_KEY is missing or weak. Give it 32 characters or more, for example the output of "
            "`python -c 'import secrets; print(secrets.token_urlsafe(48))'`, and keep it secret."
        )
    if s.search not in ("whoosh", "postgresql"):
        raise SettingsError(f"PORTAL_SEARCH must be whoosh or postgresql, not {s.search!r}.")
    if s.search == "postgresql" and not s.database_url.startswith("postgresql"):
        raise SettingsError("PORTAL_SEARCH is postgresql, which needs PORTAL_DATABASE_URL to be postgresql:// as well.")
    if s.log_format not in ("text", "json"):
        raise SettingsError(f"PORTAL_LOG_FORMAT must be text or json, not {s.log_format!r}.")
    if s.mail_url not in ("", "folder") and urlsplit(s.mail_url).scheme not in ("smtp", "smtps"):
        raise SettingsError("PORTAL_MAIL_URL must be `folder` or smtp://user:password@host:port.")
    if urlsplit(s.storage_url).scheme not in ("file", "s3"):
        raise SettingsError("PORTAL_STORAGE_URL must begin with file:// or s3://.")
    if s.metrics_token and (len(s.metrics_token) < 16 or not s.metrics_token.isascii()):
        raise SettingsError("PORTAL_METRICS_TOKEN is easily guessed: give it 16 letters and digits or more.")
    if s.web_processes < 1 or s.web_threads < 1:
        raise SettingsError("PORTAL_WEB_PROCESSES and PORTAL_WEB_THREADS must be 1 or more.")
    return s


def _database(url: str) -> str:
    if url.startswith(("postgresql://", "postgres://")):
        return "postgresql+psycopg://" + url.partition("://")[2]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError("PORTAL_DATABASE_URL must begin with sqlite:/// or postgresql://.")
    return url


def _kept_secret(data_dir: Path) -> str:
    """The development key: made once, readable by its owner alone, kept beside the database."""
    path = data_dir / "secret_key"
    try:
        if not path.exists():
            data_dir.mkdir(parents=True, exist_ok=True)
            with suppress(FileExistsError):  # another process was first: its key is the one
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                os.write(handle, secrets.token_urlsafe(48).encode())
                os.close(handle)
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not text"
        raise SettingsError(
            f"the secret key in {path} cannot be read or made ({why}): let the user that the site runs as "
            "do so, or set PORTAL_SECRET_KEY."
        ) from error


def settings() -> Settings:
    """The settings of the application at work."""
    found: Settings = here.app().extensions["portal.settings"]
    return found


def told_when_ready() -> str | None:
    """Where a service manager wants to hear that this program is ready (sd_notify(3)), or None."""
    return os.environ.get("NOTIFY_SOCKET") or None
