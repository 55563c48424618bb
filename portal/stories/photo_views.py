"""The pages of the photo wall: all submissions, one of them, sending and changing one."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from portal.access import member_only, public
from portal.config import settings
from portal.contributions.thread import thread_of
from portal.media.intake import Limits, refusal
from portal.pages.judging import kept
from portal.pages.remembering import remembered
from portal.stories import challenge_queries, composing, photo_commands, photo_queries, queries
from portal.stories.models import Photo
from portal.stories.photo_forms import PhotoForm
from portal.stories.photo_queries import Filters
from portal.stories.views import bp

PER_PAGE = 24


def _context(form: PhotoForm, contribution: Any) -> dict[str, Any]:
    if contribution is not None:
        return {"entering": contribution.challenge, "not_entering": ""}
    sentence = form.enter() or " ".join(form.challenge.errors)
    return {"entering": form.entered, "not_entering": sentence}


PHOTO = composing.Shown(
    kind="photo",
    form=PhotoForm,
    words=("title", "caption", "taken_at_place"),
    named={"caption": "source"},
    make=photo_commands.submit_photo,
    change=photo_commands.change_photo,
    more_new=lambda form: {"challenge_id": form.entered.id if form.entered else None},
    context=_context,
    needs_pictures=True,
    what=Photo,
    load=(joinedload(Photo.challenge),),
)


@bp.get("/photos/")
@public
@kept
def show_photos() -> str:
    """The wall, narrowed by product, place, tag and challenge."""
    filters = Filters(**{name: request.args.get(name, "")[:80] for name in Filters.names()})
    page = photo_queries.photos(filters, PER_PAGE)
    offers = remembered(photo_queries.offers, filters)
    return render_template(
        "stories/photos.html", page=page, filters=filters, chosen=filters.chosen, offers=offers,
        labels=_labels(filters, offers), challenges=challenge_queries.open_challenges(),
    )  # fmt: skip


def _labels(filters: Filters, offers: dict[str, list[photo_queries.Offer]]) -> dict[str, str]:
    """What the filters in force are called; a product that nobody has shown is still called by its name."""
    known = {(name, o.value): o.label for name, found in offers.items() for o in found}
    if filters.product and ("product", filters.product) not in known:
        known |= {("product", product.slug): product.name for product in queries.products()}
    return {name: known.get((name, value), value) for name, value in filters.chosen.items()}


@bp.get("/photos/<int:photo_id>")
@public
@kept
def show_photo(photo_id: int) -> "str | Response":
    """One photo submission with its replies; `?picture=3` leads to the third of its pictures."""
    photo = composing.found(photo_id, "photo", Photo, joinedload(Photo.challenge))
    shown = [picture for picture in photo.pictures if not picture.in_text]
    wanted = request.args.get("picture", "")
    if wanted in [str(number) for number in range(1, len(shown) + 1)]:
        return redirect(url_for("stories.show_photo", photo_id=photo.id, _anchor=f"picture-{wanted}"), 302)
    newer, older = photo_queries.neighbours(photo)
    return render_template(
        "stories/photo.html", photo=photo, shown=shown, thread=thread_of(photo, current_user), newer=newer, older=older
    )


@bp.route("/photos/new", methods=["GET", "POST"])
@member_only
def submit_photo() -> composing.Page:
    """Submit one to ten pictures; `?challenge=` makes it an entry and offers what that is about."""
    challenge = challenge_queries.by_slug(request.args.get("challenge", "")[:80])
    product = challenge.product_id if challenge and challenge.is_open else None
    return composing.make_new(PHOTO, challenge=request.args.get("challenge", ""), product=product or 0)


@bp.route("/photos/<int:contribution_id>/edit", methods=["GET", "POST"])
@member_only
def edit_photo(contribution_id: int) -> composing.Page:
    """Change a photo submission, or submit it again after it was returned."""
    return composing.change_old(PHOTO, contribution_id)


@bp.app_template_global("upload_limits")
def upload_limits() -> dict[str, Any]:
    """How large a picture may be and what is said of a larger one, so that a browser can say it before sending."""
    limits = Limits(max_bytes=settings().picture_max_bytes)
    return {"bytes": limits.max_bytes, "sentence": str(refusal("bytes", limits))}
