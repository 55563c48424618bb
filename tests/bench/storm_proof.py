"""What has to be true when the storm is over: everything that was acknowledged is there, once, as it was left."""

import io
from collections import Counter
from collections.abc import Iterator
from typing import Any

from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.contributions.models import Acceptance, Contribution, Thanks
from portal.db import db
from portal.forum.models import Board
from portal.media import files
from portal.media.models import Picture
from portal.media.publishing import is_open
from portal.media.storage import storage
from portal.members.models import Member
from portal.notifications.models import Notification
from tests.bench.storm_journal import Item, Journal


def everything_is_there(journal: Journal) -> Iterator[str]:
    """Each contribution that was acknowledged: its row, its text, its author, its state; none of them twice."""
    rows = {c.id: c for c in db.session.scalars(select(Contribution).options(joinedload(Contribution.author)))}
    keys = Counter((c.author_id, c.submission_key) for c in rows.values() if c.submission_key)
    yield from (f"{key} was made {n} times" for (_, key), n in keys.items() if n > 1)
    words = Counter(
        word for c in rows.values() for word in {journal_word(c.source), journal_word(c.title)} if word
    )  # fmt: skip
    yield from (f"{word} stands in {n} contributions" for word, n in words.items() if n > 1)
    by_key = {c.submission_key: c for c in rows.values() if c.submission_key}
    for item in journal.items:
        row = rows.get(item.number)
        if item.answered and row is None:
            yield f"{item.kind} {item.number} ({item.key}) was acknowledged and is not there"
        elif item.answered and row is not None:
            yield from _as_left(item, row, journal)
        elif item.key in by_key and (twin := by_key[item.key]).state == "draft":
            yield f"{item.kind} {twin.id} was never acknowledged, and is half there"


def journal_word(text: str) -> str:
    """The word of the storm's own with which a text begins, if it does."""
    return text[:8] if text.startswith("zq") and text[2:8].isdigit() else ""


def _as_left(item: Item, row: Contribution, journal: Journal) -> Iterator[str]:
    what = f"{item.kind or row.kind} {item.number}"
    state = row.state
    if "unknown" not in item.possible and state not in item.possible:
        yield f"{what} is {state}; it should be {' or '.join(sorted(item.possible))}"
    if not item.word:
        return
    if row.submission_key != item.key:
        yield f"{what} has the key {row.submission_key} instead of {item.key}"
    left = journal.left.get(item.author)
    if left is None and row.author.username != item.author:
        yield f"{what} is by {row.author.username} instead of {item.author}"
    if left is not None and (row.author.erased_at is None or row.author.username == item.author):
        yield f"{what} is still by {item.author}, who left"
    if left is not None and state == "removed":
        if row.source or row.title or row.html:
            yield f"{what} still has words of {item.author}, who left"
        return
    stands = [item.texts[v] for v in item.texts if v >= item.sure]
    if row.source not in stands:
        yield f"{what} says {row.source[:60]!r} instead of {item.texts[item.sure][:60]!r}, as was acknowledged"


def helped_as_said(journal: Journal) -> Iterator[str]:
    """Thanks and acceptances stand where they were acknowledged, once each, and nowhere else."""
    names = _pairs(select(Member.id, Member.username))
    standing = select(Thanks.contribution_id, Thanks.giver_id).where(Thanks.withdrawn_at.is_(None))
    given = Counter((number, names[giver]) for number, giver in db.session.execute(standing))
    accepted = Counter(db.session.scalars(select(Acceptance.reply_id).where(Acceptance.withdrawn_at.is_(None))))
    yield from (f"thanks of {who} for {number} stand {n} times" for (number, who), n in given.items() if n > 1)
    yield from (f"reply {number} is accepted {n} times" for number, n in accepted.items() if n > 1)
    for item in journal.items:
        for giver, stand in item.thanked.items():
            if giver in journal.left or stand is None:
                continue
            if bool(given[item.number, giver]) != stand:
                yield f"thanks of {giver} for {item.kind} {item.number}: acknowledged {stand}, found {not stand}"
        if item.accepted and not accepted[item.number]:
            yield f"reply {item.number} was accepted, and is not"


def boards_are_named(journal: Journal) -> Iterator[str]:
    """Each board is called what the admin last called it."""
    names = _pairs(select(Board.id, Board.name))
    for number, name in journal.boards.items():
        if name and names.get(number) != name:
            yield f"board {number} is called {names.get(number)} instead of {name}"


def who_left_is_gone(journal: Journal) -> Iterator[str]:
    """Nobody is called what they were called."""
    for name in journal.left:
        if db.session.scalar(select(Member.id).where(Member.username == name)):
            yield f"{name} left, and is still here"


def pictures_are_whole(journal: Journal) -> Iterator[str]:
    """Every picture that was acknowledged has its files and can be decoded; public ones are where readers load them,
    hidden ones are nowhere but in private."""
    store = storage()
    public = set(store.list("public/"))
    named: set[str] = set()
    taken = {token: item for item in journal.items for token in item.pictures if item.answered}
    pictures = select(Picture).where(Picture.token.in_(taken)).options(
        joinedload(Picture.contribution).joinedload(Contribution.parent)
    )  # fmt: skip
    found = {picture.token: picture for picture in db.session.scalars(pictures)}
    for token, item in taken.items():
        picture = found.get(token)
        what = f"the picture of photo {item.number}"
        if picture is None:
            gone = {"removed", "unknown"} & item.possible or item.author in journal.left
            if not gone:
                yield f"{what} is not there"
            continue
        contribution = picture.contribution
        if contribution is None or contribution.id != item.number:
            yield f"{what} belongs to {contribution.id if contribution else 'nothing'}"
            continue
        yield from _decodes(files.master_key(picture), what)
        for width in picture.made_widths:
            yield from _decodes(files.private_key(picture, f"{width}.webp"), what)
        name = files.public_key_of(picture)
        shown = {key for key in public if key.rpartition("/")[2].startswith(name)}
        named |= shown
        if is_open(contribution):
            if picture.public_key is None or not shown:
                yield f"{what} is published, and readers can't load it"
            for key in sorted(shown):
                yield from _decodes(key, what)
        elif picture.public_key is not None or shown:
            yield f"{what} is {contribution.state}, and everybody can still load {len(shown)} files of it"
        if picture.missing_widths:
            yield f"{what} still lacks the widths {picture.missing_widths}"
    known = set(db.session.scalars(select(Picture.public_key).where(Picture.public_key.is_not(None))))
    for key in sorted(public - named):
        if key.rpartition("/")[2][:22] not in known:
            yield f"{key} is public, and no picture is"


def _decodes(key: str, what: str) -> Iterator[str]:
    try:
        with Image.open(io.BytesIO(storage().read(key))) as image:
            image.load()
    except Exception as error:  # whatever it is, the file is not whole
        yield f"{what}: {key} can't be decoded: {error!r}"


def told_once(journal: Journal) -> Iterator[str]:
    """For thanks and acceptances that stand the author has one notification each; nobody has two of one cause."""
    keys = select(Notification.member_id, Notification.key, func.count()).group_by(
        Notification.member_id, Notification.key
    )  # fmt: skip
    for member, key, n in db.session.execute(keys.having(func.count() > 1)):
        yield f"member {member} was told {n} times of {key}"
    numbers = _pairs(select(Member.username, Member.id))
    told = {(member, key) for member, key in db.session.execute(select(Notification.member_id, Notification.key))}
    states = _pairs(select(Contribution.id, Contribution.state))
    for item in journal.items:
        if not item.word or not item.answered or item.author in journal.left or states.get(item.number) != "published":
            continue
        author = numbers[item.author]
        # What is hidden when the worker follows is not told.
        calm = item.possible <= {"published", "pending"} and item.disturbed == 0 and not item.was_away
        for giver, stand in item.thanked.items():
            if stand and giver in numbers and calm and (author, f"thanked:{item.number}:{numbers[giver]}") not in told:
                yield f"{item.author} was never told of the thanks of {giver} for {item.kind} {item.number}"
        parent = item.parent
        if calm and item.kind == "reply" and parent is not None and parent.author in numbers:
            asker, steady = numbers[parent.author], parent.disturbed == 0 and not parent.was_away
            if steady and parent.author != item.author and (asker, f"reply:{item.number}") not in told:
                yield f"{parent.author} was never told of reply {item.number} to {parent.kind} {parent.number}"


def _pairs(query: Any) -> dict[Any, Any]:
    return dict(tuple(row) for row in db.session.execute(query))
