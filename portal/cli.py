"""The command line: serve, work, migrate, demo, doctor, rebuild, import, member, backup and restore."""

import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import click
from flask import Flask
from tqdm import tqdm

from portal import announcing, beside, config, logs, starting, trouble
from portal.backups.command_line import backup, restore

log = logging.getLogger("portal.cli")
MIGRATING_SECONDS = 600.0


@click.group()
def cli() -> None:
    """Run and look after a Portal site. Settings come from the environment: PORTAL_…"""


def _app() -> Flask:
    from portal import create_app

    with starting.building():
        return create_app()


def _ready_app() -> Flask:
    """The application, or the end with a sentence when its database is not up to date."""
    app = _app()
    _must_be_ready(app)
    return app


def _must_be_ready(app: Flask) -> None:
    from portal.doctor import examine_database

    with app.app_context():
        finding = examine_database()
    if not finding.ok:
        _end(f"The database is not ready: {finding.words}")


def _end(message: str) -> None:
    """Stop with a sentence instead of a traceback."""
    click.echo(message, err=True)
    sys.exit(1)


class Bars:
    """Progress bars in the terminal, one for each step."""

    def __init__(self) -> None:
        self.bar: Any = None
        self.step = ""

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show that `done` of `total` is done in `step`."""
        if self.bar is None or step != self.step:
            self.close()
            self.step = step
            self.bar = tqdm(total=total, desc=f"{step:<12}", file=sys.stderr, unit_scale=total > 50_000, unit="")
        self.bar.total = total
        self.bar.update(done - self.bar.n)

    def close(self) -> None:
        """End the bar that is under way."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None


@cli.command()
def migrate() -> None:
    """Bring the database up to date."""
    from portal.alone import alone
    from portal.migrating import upgrade

    logging.getLogger("alembic").setLevel(logging.WARNING)
    # Machines that start together all ask for it: one does it, the others wait and find it done.
    with _app().app_context(), alone("migrating", wait=MIGRATING_SECONDS) as ours:
        if not ours:
            _end("Somebody else has been bringing the database up to date for long: look there first.")
        upgrade()
    click.echo("The database is up to date.")


@cli.command()
@click.option("--with-worker", is_flag=True, help="Follow up what happens in this process group too.")
def serve(with_worker: bool) -> None:
    """Serve the site on PORTAL_BIND."""
    from granian import Granian
    from granian.constants import Interfaces

    with starting.building():
        app = starting.the_app()
        starting.warm(app)
    _must_be_ready(app)
    s = app.extensions["portal.settings"]
    address, _, port = s.bind.replace("[", "").replace("]", "").rpartition(":")
    starting.share(app)
    server = Granian(
        starting.TARGET, address=address, port=int(port), interface=Interfaces.WSGI,
        workers=s.web_processes, blocking_threads=s.web_threads, log_enabled=True, log_access=False,
        respawn_failed_workers=True, workers_kill_timeout=10,
    )  # fmt: skip
    click.echo(f"Portal is at {s.base_url}  (Ctrl-C stops it)")
    announcing.ready_once_it_answers(address, int(port), copies=s.web_processes + with_worker)
    with starting.listening(s.bind), beside.beside(_work_beside) if with_worker else nullcontext():
        server.serve()


@cli.command()
def work() -> None:
    """Follow up what happens: index, mail, scores, pictures. Run as many as you like."""
    app = _ready_app()
    announcing.ready()
    _work(app, Event())


@cli.command(hidden=True)
def chores_of_the_day() -> None:
    """What a worker does once a day: it starts this."""
    from portal import sqlite
    from portal.chores import CHORES
    from portal.worker import do

    sqlite.promise_nothing()
    with _ready_app().app_context():  # which makes no database where one is missing
        sys.exit(not all(do(chore) for chore in CHORES if chore.daily))


def _work_beside(plan: Any) -> Any:
    """The worker as a child of the web server: it ends when the server does, however that ends."""
    stop = Event()
    beside.when_the_parent_ends(stop.set)
    return _work(starting.the_app(), stop, plan, beside.Growth().is_too_much)


def _work(app: Flask, stop: Event, *goes_on: Any) -> Any:
    from portal import sqlite
    from portal.chores import CHORES
    from portal.db import db
    from portal.worker import work as go_on

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    sqlite.promise_nothing()
    with app.app_context():
        db.engine.dispose()  # what was opened to look whether all is well
    return go_on(app, stop, CHORES, *goes_on)


@cli.command()
@click.option("--if-empty", is_flag=True, help="Do nothing when somebody is here already.")
@click.option("--yes", is_flag=True, help="Really, in production too.")
def demo(if_empty: bool, yes: bool) -> None:
    """Fill the site with an invented company and its community."""
    from sqlalchemy import func, select

    from portal.db import db
    from portal.demo.load import is_loaded, load
    from portal.members.models import Member

    app, bars = _ready_app(), Bars()
    with app.app_context():
        here = db.session.scalar(select(func.count()).select_from(Member)) or 0
        db.session.rollback()
        if if_empty and here and not is_loaded():
            return  # somebody else's site
        if app.extensions["portal.settings"].production and not yes:
            _end("This is a production site: the demo brings sign-ins that everybody knows. Add --yes to do it anyway.")
        summary = load(bars)
        bars.close()
        click.echo(str(summary))


@cli.command()
@click.option("--settings", "show_settings", is_flag=True, help="List every setting, its default and what it is for.")
def doctor(show_settings: bool) -> None:
    """Check settings, database, index, storage and mail, and say what is wrong."""
    from portal.doctor import examine

    if show_settings:
        for variable, f in config.all_settings():
            click.echo(f"{variable}\n    {f.metadata['purpose']} (default: {f.default if f.default != '' else '–'})")
        return
    with _app().app_context():
        findings = examine()
    for finding in findings:
        click.echo(f"{'ok     ' if finding.ok else 'PROBLEM'} {finding.what:<10} {finding.words}")
    sys.exit(not all(finding.ok for finding in findings))


@cli.command()
@click.argument("what", type=click.Choice(["search", "score", "pictures", "all"]), default="all")
def rebuild(what: str) -> None:
    """Make anew, from the tables, what otherwise follows the changes: index, scores, pictures."""
    from portal.rebuilding import REBUILT

    app, bars = _ready_app(), Bars()
    with app.test_request_context(base_url=app.extensions["portal.settings"].base_url):
        for name, make in REBUILT.items():
            if what in (name, "all"):
                make(partial(bars, name))
    bars.close()


@cli.group(name="import")
def import_group() -> None:
    """Bring a community from elsewhere."""


@import_group.command(name="stackexchange")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--name", default="", help="What to call the board and the source (default: the folder's name).")
def import_stackexchange(folder: Path, name: str) -> None:
    """Import a Stack Exchange dump folder (Users.xml, Posts.xml, Comments.xml, …). Run it again to go on."""
    from portal.importing.rows import DumpRefused
    from portal.importing.stackexchange import import_dump

    app, bars = _ready_app(), Bars()
    with app.test_request_context(base_url=app.extensions["portal.settings"].base_url):
        try:
            counts = import_dump(folder, bars, name)
        except DumpRefused as refused:
            bars.close()
            _end(f"Nothing was imported. {refused}")
        bars.close()
    click.echo("\n".join(counts.lines()))
    click.echo("The worker now indexes and credits it; `python -m portal doctor` shows how far it is.")


@cli.group()
def member() -> None:
    """Create members and give them roles."""


@member.command()
@click.argument("username")
@click.argument("email")
@click.option("--password", help="Asked for when it is not given.")
@click.option("--role", type=click.Choice(["member", "employee", "moderator", "admin"]), default="member")
def create(username: str, email: str, password: str | None, role: str) -> None:
    """Create a member whose address counts as confirmed."""
    from portal.members.commands import MemberRefused, create_member

    password = password or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    _change(lambda: create_member(username, email, password, role), MemberRefused)
    click.echo(f"{username} is a member now ({role}).")


@member.command()
@click.argument("username")
@click.argument("role", type=click.Choice(["employee", "moderator", "admin"]))
def grant(username: str, role: str) -> None:
    """Give a member a role."""
    from portal.members.commands import MemberRefused, grant_role_by_name

    changed = _change(lambda: grant_role_by_name(username, role), MemberRefused)
    click.echo(f"{username} is {role} now." if changed else f"{username} was {role} already.")


def _change(do: Callable[[], Any], refused: type[Exception]) -> Any:
    from portal.db import writing

    with _ready_app().app_context():
        try:
            with writing():
                return do()
        except refused as error:
            _end(str(error))


cli.add_command(backup)
cli.add_command(restore)


def main() -> None:
    """Run a command; settings that can't be used, and what ails the machine, end it with one sentence."""
    sys.path.insert(0, os.getcwd())
    try:
        with logs.working_for([logs.new_id()], "command"):
            cli()
    except config.SettingsError as error:
        click.echo(f"Settings: {error}", err=True)
        sys.exit(2)
    except Exception as error:
        if (found := trouble.ails(error)) is None:
            raise
        _end(f"It could not be done. {(str(error) or type(error).__name__).splitlines()[0]}: {found.remedy}")
