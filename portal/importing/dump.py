"""A Stack Exchange dump folder: its rows with progress, and whether all of it can be read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from portal.importing.counts import Counts
from portal.importing.rows import Row, read_rows

BATCH = 500
QUESTION, ANSWER = 1, 2
OTHER_POSTS = {
    3: "an orphaned tag wiki", 4: "a tag's excerpt", 5: "a tag's wiki", 6: "a moderator's nomination",
    7: "a page of the old site's own", 8: "a privilege's wiki",
}  # fmt: skip
ACCEPTED_BY_ASKER = 1

Progress = Callable[[str, int, int], None]
"""Called with the step's name, how much is done, and how much there is."""


@dataclass
class Dump:
    """A dump folder at work: where it is, under which name its rows are kept, and the account so far."""

    folder: Path
    site: str
    progress: Progress
    counts: Counts = field(default_factory=Counts)

    def key(self, sort: str, number: int) -> str:
        """Under what a row is known, so that it is imported once."""
        return f"{self.site}:{sort}:{number}"

    def rows(self, name: str, step: str) -> Iterator[Row]:
        """The rows of one file, with progress shown."""
        path = self.folder / name
        if not path.is_file():
            return
        size, shown = path.stat().st_size, 0
        for row, done in read_rows(path):
            if done != shown:
                self.progress(step, done, size)
                shown = done
            yield row
        self.progress(step, size, size)

    def batches(self, name: str, step: str) -> Iterator[list[Row]]:
        """The same, some hundred at a time."""
        batch: list[Row] = []
        for row in self.rows(name, step):
            batch.append(row)
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch


def check(dump: Dump) -> dict[int, datetime]:
    """Read every file to its end, so that what is broken is known before anything is written.

    Returns when each accepted answer was accepted, by the answer's number.
    """
    for row in dump.rows("Users.xml", "checking"):
        row.number("Id")
        row.when("CreationDate")
        dump.counts.read["users"] += 1
    for row in dump.rows("Posts.xml", "checking"):
        row.number("Id")
        row.when("CreationDate")
        kind = row.number("PostTypeId")
        row.number("Score", 0), row.number("ViewCount", 0), row.number("OwnerUserId", 0)
        if kind == ANSWER:
            row.number("ParentId")
        name = {QUESTION: "questions", ANSWER: "answers"}.get(kind, "other posts")
        dump.counts.read[name] += 1
        if name == "other posts":
            dump.counts.skip(name, OTHER_POSTS.get(kind, "of a kind that is not known here"))
    for row in dump.rows("Comments.xml", "checking"):
        row.number("Id"), row.number("PostId"), row.number("Score", 0), row.number("UserId", 0)
        row.when("CreationDate")
        dump.counts.read["comments"] += 1
    accepted_at = {}
    for row in dump.rows("Votes.xml", "checking"):
        if row.number("VoteTypeId") == ACCEPTED_BY_ASKER:
            accepted_at[row.number("PostId")] = row.when("CreationDate")
    return accepted_at
