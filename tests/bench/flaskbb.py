"""FlaskBB from the package index, in an environment of its own, with the same community: its words by its people."""

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.limits import granian
from tests.bench.served import Served
from tests.postgres import free_port

PACKAGES = ("FlaskBB==3.0.0rc5", "granian")
"""3.0.0rc5 needs Python 3.12 or newer. 2.0.2, which says it takes 3.11, pins a MarkupSafe that no longer builds."""
PYTHONS = ("python3.13", "python3.12", "python3.14")
AT_MOST = 600

CONFIG = """\
SQLALCHEMY_DATABASE_URI = "sqlite:///{place}/flaskbb.sqlite"
LOG_PATH = "{place}/logs"
USE_DEFAULT_LOGGING = False
SERVER_NAME = "127.0.0.1:{port}"
SECRET_KEY = "for measuring, on this machine alone"
WTF_CSRF_SECRET_KEY = "for measuring, on this machine alone"
REDIS_ENABLED = False
EMOJI_BASE_URL = ""
"""
START = """\
from flaskbb import create_app

app = create_app(config="{place}/flaskbb.cfg", instance_path="{place}")
"""


class NotHere(Exception):
    """It can't be installed or started here; the message says why."""


@dataclass(frozen=True)
class Elsewhere:
    """Requests a second of a topic page with 20 posts, and the milliseconds of a reply posted (p50)."""

    topics: float
    reply: float | None


ELSEWHERE = {
    "FlaskBB": Elsewhere(28.6, 29), "Misago": Elsewhere(26, 58), "Spirit": Elsewhere(83, 29),
    "NodeBB": Elsewhere(92, 20),
}  # fmt: skip
"""Measured earlier on a machine of two cores with as large a community, over 8 connections; not in this run."""


def flaskbb(place: Path, ours: Path, topic: int, say: Callable[[str], None]) -> tuple[Served, dict[str, str]]:
    """FlaskBB, not started yet, with what the portal's database at `ours` holds; and its pages by name.

    Raises NotHere.
    """
    python = _installed(place / "venv", say)
    port = free_port()
    (place / "logs").mkdir(parents=True, exist_ok=True)
    (place / "flaskbb.cfg").write_text(CONFIG.format(place=place, port=port))
    (place / "flaskbb_start.py").write_text(START.format(place=place))
    database, filled = place / "flaskbb.sqlite", place / "filled"
    from_this = f"{ours} of {ours.stat().st_size} bytes"
    if not filled.exists() or filled.read_text() != from_this:
        say("FlaskBB gets the same community …")
        for old in place.glob("flaskbb.sqlite*"):  # its journal too, which belongs to no other file
            old.unlink()
        _run(
            [str(python.parent / "flaskbb"), "--config", str(place / "flaskbb.cfg"), "--instance", str(place),
             "install", "-f", "-u", "administrator", "-e", "administrator@example.org", "-p", "not a secret here"]
        )  # fmt: skip
        fill(database, ours)
        filled.write_text(from_this)
    words = granian("flaskbb_start:app", str(python))
    pages = {"front page": "/", "board": "/forum/1", "topic of 20": f"/topic/{topic}"}
    return Served(words, place, env={"PYTHONPATH": str(place)}, port=port, path=pages["topic of 20"]), pages


def _installed(venv: Path, say: Callable[[str], None]) -> Path:
    python = venv / "bin" / "python"
    if (venv / "whole").exists():
        return python
    found = next(filter(None, map(_works, PYTHONS)), None)
    if found is None:
        raise NotHere(f"it needs one of {', '.join(PYTHONS)}, and there is none")
    say("FlaskBB is installed from the package index …")
    shutil.rmtree(venv, ignore_errors=True)
    _run([found, "-m", "venv", str(venv)])
    _run([str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "-q", *PACKAGES])
    # It opens its default log files beside the packages before it reads where they should be.
    site = next((venv / "lib").glob("python3*/site-packages"))
    (site / "logs").mkdir(exist_ok=True)
    (venv / "whole").touch()
    return python


def _works(name: str) -> str | None:
    """A Python that is really there, with what a virtual environment needs."""
    number = name.removeprefix("python")
    apart = map(str, Path.home().glob(f".pyenv/versions/{number}.*/bin/python"))
    for found in filter(None, (shutil.which(name), *apart)):
        if subprocess.run([found, "-c", "import ensurepip, venv"], capture_output=True).returncode == 0:
            return found
    return None


def _run(words: list[str]) -> None:
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=AT_MOST)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotHere(str(error)) from error
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise NotHere(f"“{' '.join(words[1:4])} …” ended with {done.returncode}: {' '.join(last)[:300]}")


def fill(theirs: Path, ours: Path) -> None:
    """Write the portal's boards, members, topics and replies into FlaskBB's tables, under the same numbers."""
    db = sqlite3.connect(theirs)
    db.execute("ATTACH ? AS p", (str(ours),))
    for table in ("forumgroups", "posts", "topics", "forums", "categories"):
        db.execute(f"DELETE FROM {table}")
    (group,) = db.execute("SELECT id FROM groups WHERE lower(name) = 'member'").fetchone()
    db.executescript(f"""
        INSERT INTO users (id, username, email, password, date_joined, login_attempts, activated, post_count,
                           primary_group_id)
            SELECT id + 10, username, id || '@example.org', '-', joined_at, 0, 1, published_count, {group}
            FROM p.member;
        INSERT INTO categories (id, title, position) VALUES (1, 'All', 1);
        INSERT INTO forums (id, category_id, title, description, position, locked, show_moderators, post_count,
                            topic_count)
            SELECT id, 1, name, description, id, 0, 0, 0, 0 FROM p.board;
        INSERT INTO forumgroups (group_id, forum_id) SELECT g.id, f.id FROM groups g, forums f;
        INSERT INTO topics (id, forum_id, title, user_id, username, date_created, last_updated, locked, important,
                            views, post_count, hidden)
            SELECT c.id, c.board_id, c.title, m.id + 10, m.username, c.published_at, c.last_activity_at, 0, 0,
                   c.view_count, c.reply_count + 1, 0
            FROM p.contribution c JOIN p.member m ON m.id = c.author_id
            WHERE c.kind = 'topic' AND c.state = 'published';
        INSERT INTO posts (id, topic_id, user_id, username, content, date_created, hidden)
            SELECT c.id, coalesce(c.parent_id, c.id), m.id + 10, m.username, c.source, c.published_at, 0
            FROM p.contribution c JOIN p.member m ON m.id = c.author_id
            WHERE c.state = 'published' AND (c.kind = 'topic' OR c.parent_id IN (SELECT id FROM topics));
        UPDATE topics SET first_post_id = id, last_post_id = (SELECT max(id) FROM posts WHERE topic_id = topics.id);
        UPDATE forums SET topic_count = (SELECT count(*) FROM topics WHERE forum_id = forums.id),
            post_count = (SELECT count(*) FROM posts p JOIN topics t ON t.id = p.topic_id WHERE t.forum_id = forums.id);
        UPDATE forums SET (last_post_id, last_post_user_id, last_post_title, last_post_username, last_post_created) =
            (SELECT t.last_post_id, t.user_id, t.title, t.username, t.last_updated FROM topics t
             WHERE t.forum_id = forums.id ORDER BY t.last_updated DESC LIMIT 1);
        UPDATE settings SET value = '20' WHERE lower(key) IN ('posts_per_page', 'topics_per_page');
        ANALYZE;
    """)
    db.commit()
    db.close()
