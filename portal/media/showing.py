"""How a picture is shown: its addresses, public ones where they exist, private ones for those who may see those."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import has_request_context, url_for
from flask_login import current_user

from portal.contributions.models import Contribution
from portal.contributions.powers import may
from portal.db import db
from portal.media.ladder import widths_for

ANIMATION = "animation"
PREVIEW_WIDTH = 640
EXTENSIONS = {"webp": "webp", "jpeg": "jpg"}


class Showing:
    """What templates ask of a picture. Mixed into `Picture`, which holds the facts."""

    if TYPE_CHECKING:
        token: str
        owner_id: int
        contribution_id: int | None
        width: int
        height: int
        placeholder: str
        made_sizes: str
        public_key: str | None
        public_widths: str

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths that are ready for whoever looks, in pixels, ascending; the worker may still make larger ones."""
        return self.public_sizes if self.public_key is not None else self.made_widths

    @property
    def made_widths(self) -> tuple[int, ...]:
        """The widths that lie in private storage, ascending."""
        return widths_in(self.made_sizes) or widths_for(self.width)

    @property
    def public_sizes(self) -> tuple[int, ...]:
        """The widths that everybody can load, ascending."""
        return widths_in(self.public_widths) or self.made_widths

    @property
    def missing_widths(self) -> tuple[int, ...]:
        """The widths that are still to be made."""
        return tuple(width for width in widths_for(self.width) if width not in self.made_widths)

    @property
    def is_public(self) -> bool:
        """Whether everybody can load it."""
        return self.public_key is not None

    def srcset(self, kind: str) -> str:
        """The `srcset` for `webp` or `jpeg`; empty for other kinds, and for readers who can't load it yet."""
        extension, base = EXTENSIONS.get(kind), self._base
        if extension is None or base is None:
            return ""
        return ", ".join(f"{base}{width}.{extension} {width}w" for width in self.widths)

    @property
    def src(self) -> str:
        """One address that every browser understands; the placeholder for readers who can't load it yet."""
        base = self._base
        return f"{base}{self.widths[-1]}.jpg" if base else self.placeholder

    @property
    def preview_url(self) -> str:
        """About 640 px wide, for forms and the queue."""
        base = self._base
        return f"{base}{nearest(self.widths, PREVIEW_WIDTH)}.webp" if base else self.placeholder

    @property
    def animation_url(self) -> str | None:
        """The moving version of what was animated, for readers who can load it."""
        base = self._base
        sizes = self.public_widths if self.public_key is not None else self.made_sizes
        return f"{base}{ANIMATION}.webp" if base and sizes.endswith(ANIMATION) else None

    def may_be_seen_privately_by(self, reader: object) -> bool:
        """Before publication, and whenever it is not public: its owner and moderators, nobody else.

        Whoever looks after a board sees what waits there.
        """
        if not getattr(reader, "is_authenticated", False):
            return False
        if getattr(reader, "id", None) == self.owner_id or getattr(reader, "moderates", False):
            return True
        shown_by = db.session.get(Contribution, self.contribution_id) if self.contribution_id else None
        waits = shown_by is not None and shown_by.state in ("pending", "hidden", "published")
        return waits and may(reader, "see what waits", shown_by)

    @property
    def _base(self) -> str | None:
        if self.public_key is not None:
            return url_for("media.show_public", name=self.public_key) + "-"
        if has_request_context() and self.may_be_seen_privately_by(current_user):
            return url_for("media.show_picture", token=self.token, size="")
        return None


def widths_in(sizes: str) -> tuple[int, ...]:
    """The widths among sizes kept as a text (`320,640,animation`), ascending."""
    return tuple(sorted(int(size) for size in sizes.split(",") if size.isdigit()))


def as_sizes(widths: Iterable[int], animation: bool) -> str:
    """Widths, and the animation last, as the text that is kept of them."""
    return ",".join([*map(str, sorted(set(widths))), *([ANIMATION] if animation else [])])


def nearest(widths: tuple[int, ...], wanted: int) -> int:
    """The smallest of `widths` (ascending) that is at least `wanted`, else the largest."""
    return next((width for width in widths if width >= wanted), widths[-1])
