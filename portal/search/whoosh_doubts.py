"""An index in which a reader met a place that can't be read: noted in its folder, so that the worker reads all of it.

What opens an index reads little of it. Bytes that went bad in a list of documents are met only by who looks for
that word, and a mistake of ours in answering a question looks just the same: so nobody gives an index up for it alone.
"""

import contextlib
from pathlib import Path

from whoosh.codec.whoosh3 import W3LeafMatcher

from portal.search.whoosh_reading import OpenIndex
from portal.search.whoosh_segment import Segment

NOTE = "doubted"


def doubt(folder: Path) -> None:
    """Note that somebody could not read the index in this folder."""
    with contextlib.suppress(OSError):  # it may be gone
        (folder / NOTE).touch()


def is_doubted(folder: Path) -> bool:
    """Whether somebody noted that."""
    return (folder / NOTE).exists()


def is_damaged(folder: Path) -> bool:
    """Whether the index in this folder was doubted rightly; a doubt that nothing bears out is dropped.

    Reads all of a doubted index: a second or two for each thousand long texts.
    """
    if not is_doubted(folder):
        return False
    opened = OpenIndex(folder)
    try:
        for part in opened.view().parts:
            _read_whole(part.segment)
    except Exception:
        return True
    finally:
        opened.close()
    (folder / NOTE).unlink(missing_ok=True)
    return False


def _read_whole(segment: Segment) -> None:
    """Every column and every list of documents, with the places of words in them. Raises whatever Whoosh does."""
    for name in ("length", "thanks", "mark"):
        segment.column(name)
    _ = segment.beginnings
    for field_name, term in segment.reader.all_terms():
        matcher = segment.matcher(field_name, term.decode())
        while not isinstance(matcher, W3LeafMatcher) and matcher.is_active():
            matcher.value()
            matcher.next()
        while isinstance(matcher, W3LeafMatcher):
            matcher._read_ids()
            matcher._read_weights()
            matcher._read_values()
            if matcher._lastblock:
                break
            matcher._next_block()
