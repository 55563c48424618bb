"""Logs: one line an event on standard error, as text or JSON."""

import json
import logging
import sys
from datetime import UTC, datetime

from flask import Flask

from portal.config import settings


class JsonLines(logging.Formatter):
    """Each record as one JSON object, with the request's id where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := getattr(record, "request_id", None):
            line["request_id"] = request_id
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def init_app(app: Flask) -> None:
    """Send the house's logs to standard error, once."""
    with app.app_context():
        wanted = settings().log_format
    logger = logging.getLogger("portal")
    if settings_quiet := app.config["TESTING"]:
        logger.setLevel(logging.WARNING)
    if not logger.handlers and not settings_quiet:
        handler = logging.StreamHandler(sys.stderr)
        plain = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s  %(message)s", "%H:%M:%S")
        handler.setFormatter(JsonLines() if wanted == "json" else plain)
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
