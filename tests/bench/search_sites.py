"""The two sites search is measured on: a real one, imported, and a generated one; each made once, below `instance/`."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from portal import create_app
from portal.contributions.models import Contribution
from portal.db import db
from portal.importing.stackexchange import import_dump
from tests.bench.community import Size
from tests.bench.data import ROOT, fill

DUMP = Path(os.environ.get("DUMP", ROOT.parent / "shared" / "data" / "stackexchange" / "quantumcomputing"))
"""A Stack Exchange dump; another one by DUMP=…"""
PLACE = Path(os.environ.get("BENCH", ROOT / "instance" / "bench-search"))
GENERATED = Size(members=3000, topics=10_000, replies=90_000, photos=100)


def site(name: str, make: Callable[[], Any], **settings: Any) -> Flask:
    """The portal on a database of its own called `name`, made by `make` the first time."""
    from portal.migrating import upgrade

    place = PLACE / name
    app = create_app(data_dir=place, uploads_dir=place / "uploads", **settings)
    with app.test_request_context(base_url="http://127.0.0.1"):
        upgrade()
        if not db.session.scalar(select(func.count()).select_from(Contribution)):
            print(f"Making the {name} site; this takes some minutes …", file=sys.stderr)
            make()
    return app


def real(dump: Path = DUMP) -> Flask:
    """The dump, imported."""
    return site(f"real-{dump.name}", lambda: import_dump(dump))


def generated() -> Flask:
    """100,000 posts by the dice."""
    return site("generated", lambda: fill(GENERATED, indexed=False))
