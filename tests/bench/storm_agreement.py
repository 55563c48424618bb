"""Whether all that is derived says what the tables say when the storm is over: index, counters, ledger, scores, kept
pages, mail; whether the database is whole, and the doctor content."""

import difflib
import http.client
import logging
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from contextvars import Context
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import func, select, text
from sqlalchemy.orm import aliased

from portal import activity, clock
from portal.activity import Errand
from portal.advocacy import scoring
from portal.advocacy.models import LedgerEntry
from portal.contributions.counting import recount
from portal.contributions.models import Acceptance, Contribution, Thanks
from portal.db import db, writing
from portal.forum.models import Board
from portal.members.models import Member
from portal.search import followers as search
from tests.bench.storm_journal import Journal
from tests.bench.storm_site import Installation
from tests.conftest import read_mail
from tests.databases import ROOT

CHANGES_BY_ITSELF = re.compile(
    r"<dt>Read</dt><dd>[^<]*</dd>|(?<=>)(?:just now|\d+ \w+ ago|a \w+ ago|an \w+ ago)(?=<)"
    r'|name="(?:csrf_token|csrf-token|submission_key)" (?:value|content)="[^"]*"'
    r'|(?s:<section class="related".*?</section>)|(?<= · )helped \d+ (?:people|person)(?=<)'
)
"""How often a page was read, and how long ago something was, true when it was made, a minute ago at most; what makes
each form another one; which conversations are like it, which each process remembers for some minutes; the number beside
a name, which follows on pages of other conversations within a minute (`forgetting.ADDED`)."""
LOOKS = {"User-Agent": "python", "Sec-Purpose": "prefetch"}
"""Of itself a program that nobody reads by, so that looking counts for no view and nothing is read by it."""
COUNTED = ("reply_count", "last_position", "accepted_count", "last_reply_by_id", "last_activity_at")


def nothing_waits() -> Iterator[str]:
    """No errand is left, none has failed."""
    left = db.session.scalars(select(Errand).limit(20)).all()
    yield from (f"errand {e.reaction} for {e.subject} after {e.attempts} tries: {e.last_error}" for e in left)


def index_is_the_tables() -> Iterator[str]:
    """Search knows each published text as it is, and nothing else."""
    found = search.compare()
    if not found.equal:
        yield f"missing {found.missing[:9]}, surplus {found.surplus[:9]}, out of date {found.stale[:9]}"


def counters_are_recounted() -> Iterator[str]:
    """What lists show beside a title or a name is what counting comes to."""
    table = Contribution.__table__
    columns = [table.c.id, *(table.c[name] for name in COUNTED)]
    of_roots = select(*columns).where(table.c.parent_id.is_(None)).order_by(table.c.id)
    with writing():
        before = {row.id: row for row in db.session.execute(of_roots)}
        recount(list(before))
        after = {row.id: row for row in db.session.execute(of_roots)}
        db.session.rollback()
    for number, row in before.items():
        wrong = [name for name in COUNTED if getattr(row, name) != getattr(after[number], name)]
        # A number that was given and taken back leaves a gap, which is right: positions are never given twice.
        if wrong and wrong != ["last_position"]:
            yield f"contribution {number}: " + ", ".join(
                f"{name} is {getattr(row, name)} instead of {getattr(after[number], name)}" for name in wrong
            )
    own = aliased(table)
    published = select(func.count()).where(own.c.author_id == Member.id, own.c.state == "published").scalar_subquery()
    yield from _unlike("member", select(Member.id, Member.published_count, published))
    topics = select(func.count()).where(
        own.c.board_id == Board.id, own.c.kind == "topic", own.c.state == "published"
    )  # fmt: skip
    yield from _unlike("board", select(Board.id, Board.topic_count, topics.scalar_subquery()))
    thanks = select(func.count()).where(Thanks.contribution_id == table.c.id, Thanks.withdrawn_at.is_(None))
    yield from _unlike("thanks of", select(table.c.id, table.c.thanks_count, thanks.scalar_subquery()))
    accepted = select(func.count()).where(Acceptance.reply_id == table.c.id, Acceptance.withdrawn_at.is_(None))
    replies = select(table.c.id, table.c.accepted_count, accepted.scalar_subquery()).where(table.c.kind == "reply")
    yield from _unlike("acceptances of", replies)


def _unlike(what: str, query: Any) -> Iterator[str]:
    for number, kept, counted in db.session.execute(query):
        if kept != counted:
            yield f"{what} {number}: {kept} kept, {counted} counted"


def ledger_is_derived_anew() -> Iterator[str]:
    """Deriving the whole ledger once more adds no line, and changes no score."""
    scores = select(Member.id, Member.help_score, Member.helped_count).order_by(Member.id)
    before = {row.id: tuple(row) for row in db.session.execute(scores)}
    lines = db.session.scalar(select(func.count()).select_from(LedgerEntry))
    db.session.rollback()
    changed = scoring.rebuild_scores()
    if changed:
        why = "; ".join(
            f"{e.sort} {e.source_id} on {e.contribution_id}{' reversed' if e.reverses_id else ''}"
            for e in db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id.desc()).limit(min(changed, 9)))
        )
        yield f"{changed} lines of {lines} were wrong: {why}"
    for row in db.session.execute(scores):
        if tuple(row) != before[row.id]:
            yield f"member {row.id}: score and people {before[row.id][1:]} kept, {tuple(row)[1:]} rebuilt"


def database_is_whole() -> Iterator[str]:
    """Every foreign key leads somewhere, and the file is what SQLite says it should be."""
    if db.engine.dialect.name == "sqlite":
        yield from (f"no row for {tuple(row)}" for row in db.session.execute(text("PRAGMA foreign_key_check")))
        whole = db.session.execute(text("PRAGMA integrity_check")).scalar()
        if whole != "ok":
            yield str(whole)
        return
    for table in db.metadata.sorted_tables:
        for key in table.foreign_keys:
            other = key.column.table.alias("other")
            there = select(other.c[key.column.name]).where(other.c[key.column.name] == key.parent)
            lost = db.session.scalar(select(func.count()).where(key.parent.is_not(None), ~there.exists()))
            if lost:
                yield f"{lost} rows of {table.name} name a {other.name} that is not there"


def doctor_is_content(site: Installation) -> Iterator[str]:
    """Its own command finds nothing, but that limits are counted in each process where there is no Redis."""
    done = subprocess.run(
        site._words(("doctor",)), env=site._environment(), cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    problems = [line for line in done.stdout.splitlines() if line.startswith("PROBLEM")]
    yield from (line for line in problems if "without PORTAL_REDIS_URL" not in line)
    if not done.stdout:
        yield done.stderr[-500:]


def mail_went_out_once(folder: Path, kills: int) -> Iterator[str]:
    """No letter says the same to the same person twice; after a kill between handing over and noting it may, once."""
    letters = Counter((str(m["To"]), _words_of(m)) for m in read_mail(folder))
    twice = [(to, body) for (to, body), n in letters.items() if n > 1]
    if len(twice) > kills:
        yield f"{len(twice)} of {len(letters)} letters went out twice, after {kills} kills; one to {twice[0][0]}"


def _words_of(letter: EmailMessage) -> str:
    plain = letter.get_body(("plain",))
    return str(letter["Subject"]) + (str(plain.get_content()) if plain is not None else "")


def kept_pages_are_fresh(site: Installation, journal: Journal) -> Iterator[str]:
    """Each page that a reader without an account gets, and what members get of it, is what is made of the tables now:
    by the application in this process, which keeps and remembers nothing of what went before."""
    connection, pages = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30), _pages(journal)
    conversations = [path for path in pages if re.match(r"/(?:topics|photos)/\d", path)]
    looks = [*((path, "") for path in pages), *((path, _a_members_cookie()) for path in ("/", *conversations))]
    with closing(connection), _no_lines_of_requests():
        for path, cookie in looks:
            for _ in range(2):  # a minute may have passed in between: once more
                kept, fresh = _page(connection, path, cookie), _made_anew(site, path, cookie)
                if kept == fresh:
                    break
            else:
                unlike = difflib.unified_diff(kept[1].splitlines(), fresh[1].splitlines(), n=0, lineterm="")
                yield f"{path} ({kept[0]}, {fresh[0]}): " + " ".join(line.strip()[:120] for line in list(unlike)[3:9])


@contextmanager
def _no_lines_of_requests() -> Iterator[None]:
    """What is asked in this process is not told."""
    log = logging.getLogger("portal.requests")
    before = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(before)


def _pages(journal: Journal) -> list[str]:
    """But for /advocates/: what they know is remembered for five minutes (`advocacy/knowing.py`)."""
    boards = db.session.scalars(select(Board.slug)).all()
    members = db.session.scalars(select(Member.username).where(Member.published_count > 0).limit(30)).all()
    numbers = [item.number for item in journal.items if item.answered][-400:]
    wanted = Contribution.id.in_(numbers) & Contribution.parent_id.is_(None)
    roots = list(db.session.scalars(select(Contribution).where(wanted).limit(150)))
    own = {"topic": "/topics/{0.id}/{0.slug}", "photo": "/photos/{0.id}"}
    pages = [own[c.kind].format(c) for c in roots if c.kind in own]
    pages += [f"{page}?page={n}" for page in pages[:20] for n in (2,)]
    db.session.rollback()
    return [
        "/", "/forum/", "/photos/", "/stories/", "/blog/", "/members/", "/moderation/log",
        "/about/how-this-works", "/feeds/all.atom", "/feeds/forum.atom", "/feeds/photos.atom", "/sitemap.xml",
        *(f"/forum/{slug}/" for slug in boards), *(f"/members/{name}" for name in members), *pages,
    ]  # fmt: skip


def _a_members_cookie() -> str:
    """That of somebody who is signed in."""
    stays = (Member.erased_at.is_(None), Member.suspended_at.is_(None), Member.is_moderator.is_(False))
    member = db.session.scalars(select(Member).where(*stays).order_by(Member.id).limit(1)).one()
    sessions: Any = current_app.session_interface
    said = {"_user_id": member.get_id(), "_fresh": True, "csrf_token": "0" * 40}
    db.session.rollback()
    return f"portal={sessions.get_signing_serializer(current_app).dumps(said)}"


def _page(connection: http.client.HTTPConnection, path: str, cookie: str) -> tuple[int, str]:
    connection.request("GET", path, headers=LOOKS | ({"Cookie": cookie} if cookie else {}))
    answer = connection.getresponse()
    return answer.status, CHANGES_BY_ITSELF.sub("", answer.read().decode("utf-8", "replace"))


def _made_anew(site: Installation, path: str, cookie: str) -> tuple[int, str]:
    client = current_app.test_client(use_cookies=False)
    headers = LOOKS | {"Cookie": cookie or "portal_own=1"}  # with which nobody gets a kept page
    answer = Context().run(client.get, path, base_url=site.url, headers=headers, buffered=True)
    return answer.status_code, CHANGES_BY_ITSELF.sub("", answer.text)


def leases_end() -> None:
    """As if the lease of what a killed worker had in hand had run out, and the pause after a failed try."""
    with writing():
        for errand in db.session.scalars(select(Errand)):
            errand.leased_until = None
            errand.available_at = clock.ago(minutes=1)


def owed() -> int:
    """How many errands wait."""
    count, _ = activity.owed()
    db.session.rollback()
    return int(count)
