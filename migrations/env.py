"""How migrations run: on the application's own database, in one transaction, batched for SQLite."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, Engine

from portal.db import UtcDateTime, db


def _as_plain(kind: str, item: object, _context: object) -> str | bool:
    """Write our own column type as what it is in the database: a migration must outlive the code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def _foreign_keys(connection: Connection, switch: str) -> None:
    driver = connection.connection.dbapi_connection
    assert driver is not None
    driver.execute(f"PRAGMA foreign_keys={switch}")


def run() -> None:
    """Bring the database of the application at work to the wanted revision."""
    arguments = dict(current_app.extensions["migrate"].configure_args)
    engine: Engine = db.engine
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:
            # Batch mode makes tables anew; with foreign keys on, dropping the old one would cascade. Said to the
            # driver itself: within a transaction, which is what SQLAlchemy would open for it, it means nothing.
            _foreign_keys(connection, "OFF")
        context.configure(connection=connection, target_metadata=db.metadata, render_item=_as_plain, **arguments)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        if sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            connection.rollback()
            _foreign_keys(connection, "ON")
            if broken:
                raise RuntimeError(f"after the migration {len(broken)} rows point at nothing: {broken[:5]}")


run()
