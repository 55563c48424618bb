"""A word of why with thanks: from whoever was helped to whoever helped, and for nobody else."""

import re
from collections.abc import Collection
from typing import Any

from sqlalchemy import ScalarSelect, select, update

from portal import activity
from portal import text as texts
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import Contribution, Thanks
from portal.contributions.screening import wordlist
from portal.contributions.screening.linking import LINK
from portal.contributions.screening.watching import Readable
from portal.contributions.writing import must_write
from portal.db import db
from portal.members.models import Member

LONGEST = 200
"""Characters: a sentence or two, and what the column holds."""
STOPPING = ("block", "hold", "mask")
"""What watched words do elsewhere, and what stops a word here, which no moderator looks at first."""
_ADDRESS = re.compile(
    r"[\w.+-]+\s*@\s*[\w-]+(?:\.[\w-]+)+"
    r"|\b[\w-]{2,}\.(?:com|net|org|info|biz|io|co|me|ly|app|shop|xyz|top|online|site|de|nl|fr|at|ch|uk|eu|ru|cn)\b"
    r"|\w\.[a-z]{2,}/\S"
)
"""A mail address, or what a program would make a link of though nobody wrote https://."""


class WordRefused(ValueError):
    """The word can't be given as it is; the message says what to change."""


def say_why(contribution: Contribution, giver: Member, word: str) -> bool:
    """Put `word` to the thanks that `giver` gave, in place of the one before; an empty one takes it away.

    Says whether anything changed. Raises NotAllowed, and WordRefused with a sentence. Taking away is always possible.
    """
    word = texts.clean_line(word)
    if word:
        must_write(giver)
        if giver.silenced:
            raise NotAllowed("A moderator reads first what you send for now, and this goes to one person alone.")
        _must_be_kind(word)
    table = Thanks.__table__
    changed = db.session.execute(
        update(table)
        .where(
            table.c.contribution_id == contribution.id, table.c.giver_id == giver.id,
            table.c.withdrawn_at.is_(None), table.c.word != word,
        )
        .values(word=word)
    )  # fmt: skip
    if not changed.rowcount:  # type: ignore[attr-defined]
        return False
    activity.record("thanks_word_changed", contribution, actor=giver)
    return True


def _must_be_kind(word: str) -> None:
    if len(word) > LONGEST:
        raise WordRefused(f"This has {len(word)} characters; {LONGEST} are possible. Please shorten it.")
    readable = Readable(word)
    for as_read in (readable.latin.text, readable.own.text):
        if LINK.search(as_read) or _ADDRESS.search(as_read):
            raise WordRefused("Links and mail addresses can't come with thanks. Please say it without.")
    for watch in wordlist.current():
        if watch.act in STOPPING and (places := watch.places_in(readable, 1)):
            a, b = places[0]
            raise WordRefused(f"“{word[a:b][:80]}” can't be used here. Please say it in other words.")


def word_of(contribution: Contribution, giver: Member) -> str | None:
    """The word with the thanks that stand; empty without one, None without thanks."""
    return db.session.scalar(select(word_by(giver.id, contribution.id)))


def word_by(giver_id: Any, contribution_id: Any) -> ScalarSelect[str]:
    """The same as a value to select, for those who ask for more at the same time."""
    given = Thanks.__table__.c
    own = given.giver_id == giver_id, given.contribution_id == contribution_id, given.withdrawn_at.is_(None)
    return select(given.word).where(*own).scalar_subquery()


def words_for(helper: Member, contribution_ids: Collection[int]) -> dict[tuple[int, int], str]:
    """The words that came with thanks to these contributions of `helper`, by contribution and giver."""
    rows = db.session.execute(
        select(Thanks.contribution_id, Thanks.giver_id, Thanks.word)
        .join(Contribution, Contribution.id == Thanks.contribution_id)
        .where(
            Thanks.contribution_id.in_(contribution_ids), Contribution.author_id == helper.id,
            Thanks.withdrawn_at.is_(None), Thanks.word != "",
        )
    )  # fmt: skip
    return {(row.contribution_id, row.giver_id): row.word for row in rows}
