"""The command line: serve, work, migrate, demo, doctor, rebuild, import, member, backup and restore."""

import logging
import os
import signal
import sys
from threading import Event, Thread
from types import FrameType

import click
from flask import Flask

from portal import config

cli_log = logging.getLogger("portal.cli")


@click.group()
def cli() -> None:
    """Run and look after a Portal site. Settings come from the environment (PORTAL_…)."""


def init_app(app: Flask) -> None:
    """Nothing to add to `flask …`: the house has a command line of its own."""


def _app() -> Flask:
    from portal import create_app

    return create_app()


@cli.command()
def migrate() -> None:
    """Bring the database up to date."""
    from flask_migrate import upgrade

    app = _app()
    with app.app_context():
        upgrade(directory=str(os.path.join(os.path.dirname(app.root_path), "migrations")))
    click.echo("The database is up to date.")


@cli.command()
@click.option("--with-worker", is_flag=True, help="Follow up what happens in this process too.")
def serve(with_worker: bool) -> None:
    """Serve the site on PORTAL_BIND."""
    from granian import Granian
    from granian.constants import Interfaces

    app = _app()
    s = app.extensions["portal.settings"]
    address, _, port = s.bind.rpartition(":")
    stop = Event()
    worker = Thread(target=_work, args=(app, stop), name="worker", daemon=True) if with_worker else None
    server = Granian(
        "wsgi:app", address=address.strip("[]"), port=int(port), interface=Interfaces.WSGI,
        workers=s.web_processes, blocking_threads=s.web_threads, log_access=False,
        respawn_failed_workers=True, working_dir=None,
    )  # fmt: skip
    click.echo(f"Portal is at {s.base_url}  (Ctrl-C stops it)")
    if worker:
        worker.start()
    server.serve()
    stop.set()
    if worker:
        worker.join(timeout=20)


@cli.command()
def work() -> None:
    """Follow up what happens: index, mail, scores, pictures. Run as many as you like."""
    app, stop = _app(), Event()

    def _stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    _work(app, stop)


def _work(app: Flask, stop: Event) -> None:
    from portal.chores import CHORES
    from portal.worker import work as go_on

    go_on(app, stop, CHORES)


def main() -> None:
    """Run a command; settings that can't be used end it with one sentence."""
    sys.path.insert(0, os.getcwd())
    try:
        cli()
    except config.SettingsError as error:
        click.echo(f"Settings: {error}", err=True)
        sys.exit(2)
