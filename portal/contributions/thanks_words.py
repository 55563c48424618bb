"""A word of why with thanks: from whoever was helped to whoever helped, and for nobody else."""

import re
from collections.abc import Collection

from sqlalchemy import bindparam, select, update

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


def may_say_why(contribution: Contribution, giver: Member) -> bool:
    """Whether this member is offered to: somebody is there to read it, and it need not wait for a moderator."""
    return giver.may_write and not giver.silenced and contribution.author.erased_at is None


def word_of(contribution: Contribution, giver: Member) -> str | None:
    """The word with the thanks that stand; empty without one, None without thanks."""
    return words_by(giver, [contribution.id]).get(contribution.id)


_GIVEN = Thanks.__table__.c
_WORDS_BY = select(_GIVEN.contribution_id, _GIVEN.word).where(
    _GIVEN.giver_id == bindparam("giver"),
    _GIVEN.contribution_id.in_(bindparam("ids", expanding=True)),
    _GIVEN.withdrawn_at.is_(None),
)


def words_by(giver: Member, contribution_ids: Collection[int]) -> dict[int, str]:
    """For those of these contributions that `giver` thanks: the word that came along, empty without one."""
    rows = db.session.execute(_WORDS_BY, {"giver": giver.id, "ids": list(contribution_ids)})
    return {row.contribution_id: row.word for row in rows}


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
