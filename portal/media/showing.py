"""How a picture is shown: its addresses, public ones where they exist, private ones for those who may see those."""

from typing import TYPE_CHECKING

from flask import has_request_context, url_for
from flask_login import current_user

from portal.media.derivatives import widths_for

ANIMATION = "animation"
PREVIEW_WIDTH = 640
EXTENSIONS = {"webp": "webp", "jpeg": "jpg"}


class Showing:
    """What templates ask of a picture. Mixed into `Picture`, which holds the facts."""

    if TYPE_CHECKING:
        token: str
        owner_id: int
        width: int
        height: int
        placeholder: str
        public_key: str | None
        public_widths: str

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths it exists in, in pixels, ascending; the last is its own."""
        return widths_for(self.width)

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
        """The moving version of what was an animated GIF or WebP, once public."""
        moves = self.public_key is not None and self.public_widths.endswith(ANIMATION)
        return f"{self._base}{ANIMATION}.webp" if moves else None

    def may_be_seen_privately_by(self, reader: object) -> bool:
        """Before publication, and whenever it is not public: its owner and moderators, nobody else."""
        if not getattr(reader, "is_authenticated", False):
            return False
        return getattr(reader, "id", None) == self.owner_id or bool(getattr(reader, "moderates", False))

    @property
    def _base(self) -> str | None:
        if self.public_key is not None:
            return url_for("media.show_public", name=self.public_key) + "-"
        if has_request_context() and self.may_be_seen_privately_by(current_user):
            return url_for("media.show_picture", token=self.token, size="")
        return None


def nearest(widths: tuple[int, ...], wanted: int) -> int:
    """The smallest of `widths` (ascending) that is at least `wanted`, else the largest."""
    return next((width for width in widths if width >= wanted), widths[-1])
