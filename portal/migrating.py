"""Bringing the database to a revision. Only who asks for that imports Alembic: who serves need not hold it."""

from pathlib import Path
from typing import Any

from flask import current_app

from portal.db import db

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def revisions() -> list[str]:
    """Those that this program knows, in their order, as the names of its migrations say; the last is its own."""
    return sorted(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def alembic_config() -> Any:
    """What Alembic wants to know to work on the database of the application at work."""
    from flask_migrate import Migrate

    if "migrate" not in current_app.extensions:
        Migrate(current_app, db, render_as_batch=True, compare_type=True)
    return current_app.extensions["migrate"].migrate.get_config(str(MIGRATIONS))


def upgrade(revision: str = "head") -> None:
    """Bring the database of the application at work to `revision`; what goes wrong is said and ends the program."""
    from flask_migrate import upgrade as go

    alembic_config()
    go(directory=str(MIGRATIONS), revision=revision)
