"""The commands `backup` and `restore`, and what they say."""

import signal
import sys
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import click
from flask import Flask

from portal.backups.archive import BackupFailed, BackupRefused, Progress
from portal.backups.restoring import Restored
from portal.backups.scratch import in_words


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--scheduled", type=int, metavar="NUMBER", hidden=True, help="What the worker calls.")
def backup(file: Path | None, scheduled: int | None) -> None:
    """Write one archive of the database and all pictures, while the site runs, and prove it."""
    from portal.backups import chores
    from portal.cli import Bars, _end, _ready_app

    if file is None and scheduled is None:
        raise click.UsageError("Say into which file.")
    signal.signal(signal.SIGTERM, _stop)
    app, bars = _ready_app(), Bars()
    with app.app_context():
        try:
            if file is None:
                written = chores.make_scheduled(scheduled or 0)
            else:
                written = chores.make_by_hand(file, bars)
        except BackupFailed as failed:
            bars.close()
            _end(f"There is no backup. {failed}")
    bars.close()
    click.echo(
        f"{written.file}: {sum(written.rows.values()):,} rows of {len(written.rows)} tables and {written.pictures:,} "
        f"pictures, {in_words(written.bytes)}; it was read back and holds together."
    )
    if written.words:
        click.echo(f"Note: {written.words}.", err=True)


def _stop(number: int, frame: FrameType | None) -> Any:
    """Whoever is asked to stop cleans up first."""
    sys.exit(128 + number)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Prove the archive in a scratch place and touch nothing.")
@click.option("--replace", is_flag=True, help="Replace what is in the database now.")
@click.option("--while-running", is_flag=True, help="Although somebody has the database open.")
def restore(file: Path, check: bool, replace: bool, while_running: bool) -> None:
    """Prove an archive and bring it back, into SQLite or PostgreSQL; also one of an older version."""
    from portal.backups import queries, restoring
    from portal.cli import Bars, _app, _end, _ready_app

    app, bars = (_app() if check else _ready_app()), Bars()
    with app.app_context():
        try:
            if check:
                told = restoring.check_backup(file, bars)
            elif not while_running and queries.others_connected():
                raise BackupRefused(
                    "Somebody has the database open: stop the server and the workers first. If it is only you, in a "
                    "database shell, add --while-running."
                )
            else:
                told = restoring.restore_backup(file, bars, replace=replace)
        except BackupRefused as refused:
            bars.close()
            _end(f"Nothing was changed. {file} was not restored: {refused}" if not check else f"{file}: {refused}")
    if not check:
        _index(app, bars)
    bars.close()
    for line in _lines(told, check):
        click.echo(line)


def _index(app: Flask, bars: Progress) -> None:
    """The index still is of what was there before: nothing hidden may be found in it."""
    from portal.rebuilding import REBUILT

    with app.test_request_context(base_url=app.extensions["portal.settings"].base_url):
        try:
            REBUILT["search"](partial(bars, "search"))
        except Exception as error:
            click.echo(f"The search index could not be made anew ({error}): run `rebuild search`.", err=True)


def _lines(told: Restored, check: bool) -> list[str]:
    did = "It holds" if check else "Restored"
    held = f"{sum(told.rows.values()):,} rows of {len(told.rows)} tables and {told.pictures:,} pictures"
    lines = [f"{did} {held}, as of {told.made_at:%Y-%m-%d %H:%M} UTC, revision {told.revision}."]
    if told.lacks:
        lines.append(f"{len(told.lacks)} picture files were missing when it was made, such as {told.lacks[0]}.")
    if told.unshown:
        lines.append(f"{told.unshown} pictures lack files and cannot be shown to readers.")
    if told.settings:
        lines.append("The site it was made of has other settings than this one:")
        lines += [f"    {name}={value}" for name, value in told.settings.items()]
    if told.secrets:
        lines.append(f"Secrets are not in it. Provide by hand: {', '.join(told.secrets)}.")
    if told.same_key:
        lines.append("The secret key is the same: sessions and the links in mails stay valid.")
    else:
        lines.append(
            "The secret key is another one: everybody has to sign in again, and links in mails that were sent no "
            "longer work. Set PORTAL_SECRET_KEY to the old one before restoring, to keep them."
        )
        if not check:
            lines.append("Pictures were given new public addresses.")
    if not check:
        lines.append("The search index was made anew. Look the site over with `python -m portal doctor`.")
    return lines
