"""What can be made anew from the tables alone, and how."""

from collections.abc import Callable, Mapping

from portal.advocacy import scoring
from portal.media import followers as media
from portal.search import followers as search

Progress = Callable[[int, int], None]
"""Called with how much is done, and how much there is."""


REBUILT: Mapping[str, Callable[[Progress], int]] = {
    "search": search.rebuild,
    "score": scoring.rebuild_scores,
    "pictures": media.rebuild,
}
