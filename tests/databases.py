"""A fresh database for every test: built once by the real migrations, then set back by copying."""

import shutil
import sqlite3
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql

from portal import create_app
from portal.migrating import upgrade
from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
SECRET_KEY = "a-key-for-the-tests-alone-0123456789"


class Databases(Protocol):
    """Where tests get their databases from."""

    def fresh(self, folder: Path) -> str:
        """The address of a database as the migrations leave it; `folder` is the test's own."""

    def another(self, folder: Path, name: str) -> str:
        """One more, which lives beside the first: for a server that a test starts."""

    def empty(self, folder: Path, name: str) -> str:
        """One without any table, for the migrations themselves to be tried."""

    def close(self) -> None:
        """Give everything back."""


class SqliteFiles:
    """SQLite: a file copied from the one the migrations made."""

    def __init__(self, folder: Path) -> None:
        self.template = folder / "template.sqlite3"
        migrate(f"sqlite:///{self.template}", folder)
        with sqlite3.connect(self.template) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def fresh(self, folder: Path) -> str:
        return self.another(folder, "portal")

    def another(self, folder: Path, name: str) -> str:
        shutil.copyfile(self.template, folder / f"{name}.sqlite3")
        return f"sqlite:///{folder / name}.sqlite3"

    def empty(self, folder: Path, name: str) -> str:
        return f"sqlite:///{folder / name}.sqlite3"

    def close(self) -> None:
        pass


class PostgresqlDatabases:
    """PostgreSQL: one database a test process, emptied before each test; copies for servers.

    Emptying by DELETE takes a tenth of what TRUNCATE of all tables or a copy of the template takes,
    because next to no table has rows and no file is made.
    """

    def __init__(self, server: str, owner: str, folder: Path) -> None:
        self.server, self.owner = server, owner
        self._names = [f"template_{owner}"]
        postgres.create_database(server, self._names[0])
        migrate(self._url(self._names[0]), folder)
        self._own = self._copy(f"tests_{owner}")
        self._rows = psycopg.connect(self._own, autocommit=True)
        self._remember()

    def fresh(self, folder: Path) -> str:
        with self._rows.transaction(), self._rows.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            cursor.execute("SET LOCAL session_replication_role = replica")  # no foreign keys while we empty
            for table in self._tables:
                cursor.execute(sql.SQL("DELETE FROM {}").format(table))
                if cursor.rowcount > 1000:  # dead rows would be read again before every later test
                    cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(table))
            for table, kept in self._kept:
                cursor.execute(sql.SQL("INSERT INTO {} SELECT * FROM {}").format(table, kept))
            cursor.execute(
                "SELECT setval(s.name::regclass, coalesce(s.last, 1), s.last IS NOT NULL) FROM kept.sequences s "
                "JOIN pg_sequences p ON p.schemaname = 'public' AND p.sequencename = s.name "
                "WHERE p.last_value IS DISTINCT FROM s.last"
            )
        return self._own

    def another(self, folder: Path, name: str) -> str:
        return self._copy(f"{name}_{self.owner}_{len(self._names)}")

    def empty(self, folder: Path, name: str) -> str:
        name = f"{name}_{self.owner}_{len(self._names)}"
        postgres.create_database(self.server, name)
        self._names.append(name)
        return self._url(name)

    def close(self) -> None:
        self._rows.close()
        for name in self._names:
            postgres.drop_database(self.server, name)

    def _url(self, name: str) -> str:
        return self.server.rpartition("/")[0] + "/" + name

    def _copy(self, name: str) -> str:
        postgres.create_database(self.server, name, template=self._names[0])
        self._names.append(name)
        return self._url(name)

    def _remember(self) -> None:
        """Keep what the migrations put into tables, so that emptying can put it back."""
        run = self._rows.execute
        run("CREATE SCHEMA kept")
        run(
            "CREATE TABLE kept.sequences AS SELECT sequencename::text AS name, last_value AS last "
            "FROM pg_sequences WHERE schemaname = 'public'"
        )
        names = run("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'")
        self._tables = [sql.Identifier("public", name) for (name,) in names.fetchall()]
        self._kept: list[tuple[sql.Identifier, sql.Identifier]] = []
        for table in self._tables:
            if run(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(table)).fetchone():
                kept = sql.Identifier("kept", table._obj[-1])
                run(sql.SQL("CREATE TABLE {} AS TABLE {}").format(kept, table))
                self._kept.append((table, kept))


def migrate(url: str, folder: Path) -> None:
    """Run the real migrations on the empty database at `url`."""
    app = create_app(
        database_url=url, data_dir=folder / "data", uploads_dir=folder / "uploads", secret_key=SECRET_KEY, testing=True
    )
    with app.app_context():
        upgrade()
        app.extensions["sqlalchemy"].engine.dispose()
