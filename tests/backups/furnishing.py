"""A site with a little of everything that is hard to take elsewhere, and what it comes to; archives tampered with."""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from portal.activity import Activity
from portal.backups.queries import tables
from portal.contributions.models import ComposerDraft
from portal.contributions.thanks import give_thanks
from portal.db import db, writing
from portal.forum.commands import accept_reply
from portal.media import commands
from portal.search.models import SearchedWords
from tests import builders
from tests.media.samples import drawing, saved

ODD = "Grüße, 王小明 🚲 \u202eright to left\u202c e\u0301 \u2028 ' \" \\ %s {x}"
HALF = "\ud83d"
"""Half a character, as a hostile browser can send it within JSON."""


def quiet(step: str, done: int, total: int) -> None:
    """No progress bar."""


def furnish() -> dict[str, int]:
    """People, texts, two pictures (one a face), drafts, times, dates, JSON. Let the worker follow up afterwards."""
    with writing():
        anna = builders.member("anna", verified=True, joined_at=datetime(2026, 1, 2, 3, 4, 5, 678901, UTC))
        bo = builders.member("bo", goals=ODD)
        topic = builders.topic(anna, title="A bell that rings", tags=("bell", "squeak"))
        reply = builders.reply(topic, bo, text=ODD)
        accept_reply(reply, anna)
        give_thanks(reply, anna)
        photo = builders.photo(bo, title="At the lake", state="draft")
        shown = commands.receive_picture(bo, saved(drawing((340, 240))))
        commands.attach(photo, [shown.token], {shown.token: "A lake"})
        builders.bring(photo, "published")
        commands.set_face(anna, commands.receive_picture(anna, saved(drawing((330, 330)))))
        typed = {"odd": ODD, "half": HALF, "none": None, "number": 1.5, "zero": "\0"}
        db.session.add(ComposerDraft(member_id=anna.id, key="topic:new", typed=typed))
        db.session.add(SearchedWords(words="bell", day=date(2026, 11, 20)))
        db.session.add(Activity(verb="nothing", data={"a": [1, None, {"b": "ü"}]}))
    return {"topic": topic.id, "photo": photo.id, "anna": anna.id, "bo": bo.id}


def contents() -> dict[str, list[str]]:
    """Every row of every table that is kept, comparable across databases."""
    db.session.rollback()
    found = {
        t.name: sorted(ascii(sorted(row.items())) for row in db.session.execute(select(t)).mappings()) for t in tables()
    }
    db.session.rollback()
    return found


def tampered(old: Path, new: Path, change: Callable[[dict[str, bytes], dict[str, Any]], None]) -> Path:
    """A copy of an archive after `change(files, manifest)`; its digests are right again, as a forger's would be."""
    files: dict[str, bytes] = {}
    with tarfile.open(old) as archive:
        for entry in archive:
            content = archive.extractfile(entry)
            assert content is not None
            files[entry.name] = content.read()
    manifest = json.loads(files.pop("manifest.json"))
    change(files, manifest)
    manifest["sha256"] = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    return packed(new, [*files.items(), ("manifest.json", json.dumps(manifest).encode())])


def packed(file: Path, entries: list[tuple[str | tarfile.TarInfo, bytes]]) -> Path:
    """An archive of just these entries."""
    with gzip.open(file, "wb", compresslevel=1) as plain, tarfile.open(fileobj=plain, mode="w") as archive:
        for what, data in entries:
            entry = tarfile.TarInfo(what) if isinstance(what, str) else what
            entry.size = entry.size or len(data)
            archive.addfile(entry, io.BytesIO(data) if entry.isreg() else None)
    return file
