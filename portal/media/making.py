"""The sizes that can wait: made by the worker, two pictures at a time, once the page has what it needs at once."""

import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from portal import logs
from portal.db import db, writing
from portal.media import files, publishing, queries
from portal.media.cage import CageFailure
from portal.media.derivatives import derive
from portal.media.intake import names_of
from portal.media.ladder import widths_for
from portal.media.models import Picture
from portal.media.showing import ANIMATION, as_sizes
from portal.media.storage import Storage, storage
from portal.watching.counting import count

log = logging.getLogger(__name__)

AT_ONCE = 2
TRIES = 2
"""A cage may end for want of memory on a busy machine; a picture that fails twice is damaged."""


@dataclass(frozen=True)
class _Order:
    """What is to be made of which picture."""

    picture_id: int
    token: str
    master: str
    width: int
    widths: tuple[int, ...]


def make_rest(ids: Sequence[int]) -> int:
    """Make the sizes that these pictures lack, and show them where the others are shown; returns of how many.

    Each picture is a transaction of its own, and none is open while one is decoded. A picture that
    is damaged keeps the sizes it has; a storage that does not answer raises OSError.
    """
    with writing():
        orders = [_order(picture, picture.missing_widths) for picture in queries.by_id(ids) if picture.missing_widths]
    done = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for order, made in zip(orders, pool.map(logs.carried(partial(_make, storage())), orders), strict=True):
            if made:
                files.write_private(order.token, made)
                with writing():
                    done += _keep(order, made)
    count("picture_finished", done)
    return done


def remake(picture: Picture) -> bool:
    """Every size again from the master, private and public; False, and logged, if the master is lost or damaged.

    Call it outside of a transaction that writes; `picture` may be gone when it ends.
    """
    order = _order(picture, widths_for(picture.width))
    db.session.rollback()
    made = _make(storage(), order)
    if not made:
        return False
    files.write_private(order.token, made)
    with writing():
        if not _keep(order, made):
            return False
        held = queries.hold(order.picture_id)
        if held is not None:
            publishing.republish(held)
    return True


def _order(picture: Picture, widths: tuple[int, ...]) -> _Order:
    return _Order(picture.id, picture.token, files.master_key(picture), picture.width, widths)


def _make(store: Storage, order: _Order) -> Mapping[str, bytes]:
    """The files by name; none, and logged, if they can't be made. Touches no database: it runs in a thread."""
    why: Exception | None = None
    for _ in range(TRIES):
        try:
            return derive(store.read(order.master), order.width, order.widths)
        except (FileNotFoundError, CageFailure) as error:
            if isinstance(error, CageFailure) and error.reason == "busy":
                raise
            why = error
    log.error(
        "picture %s keeps the sizes it has, since others can't be made: %r; `rebuild pictures` tries again",
        order.token, why,
    )  # fmt: skip
    return {}


def _keep(order: _Order, made: Mapping[str, bytes]) -> bool:
    """Note that these private files are there; False if the picture was deleted meanwhile: then they go too."""
    picture = queries.hold(order.picture_id)
    if picture is None:
        files.delete_private(order.token)
        return False
    new = {name: data for name, data in made.items() if name in names_of(picture.missing_widths)}
    picture.bytes += sum(map(len, new.values()))
    picture.made_sizes = as_sizes((*picture.made_widths, *order.widths), picture.made_sizes.endswith(ANIMATION))
    if new:
        publishing.show_more(picture, new)
    return True
