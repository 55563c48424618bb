"""What the owner sees of the backups. An archive cannot be fetched here: a stolen session would take everything."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.access import admin_only
from portal.backups import queries, runs
from portal.backups.scratch import in_words
from portal.config import settings

bp = Blueprint("backups", __name__, url_prefix="/admin/backups")


@bp.get("/")
@admin_only
def show_backups() -> str:
    """The last good one, the latest tries, how to switch it on, how to restore."""
    return render_template(
        "backups/backups.html", standing=queries.standing(), runs=queries.newest(), settings=settings(), size=in_words
    )


@bp.post("/")
@admin_only
def make_backup() -> Response:
    """Have the worker make one now."""
    if not settings().backup_dir:
        flash("Nobody has said yet where backups are to be kept: set PORTAL_BACKUP_DIR first.", "warn")
    elif runs.ask():
        flash("The worker makes a backup now. It shows here when it is done.", "good")
    else:
        flash("One is under way already.", "good")
    return redirect(url_for("backups.show_backups"), 303)
