"""The pages of the photo wall: all submissions, one of them, sending and changing one."""

from flask import render_template, request
from flask_login import current_user

from portal.access import member_only, public
from portal.contributions.thread import thread_of
from portal.stories import composing, photo_commands, photo_queries, queries
from portal.stories.photo_forms import PhotoForm
from portal.stories.views import bp
from portal.web import paginate

PHOTO = composing.Shown(
    kind="photo",
    form=PhotoForm,
    words=("title", "caption", "taken_at_place"),
    named={"caption": "source"},
    make=photo_commands.submit_photo,
    change=photo_commands.change_photo,
    needs_pictures=True,
)


@bp.get("/photos/")
@public
def show_photos() -> str:
    """The wall."""
    chosen = {name: request.args.get(name, "")[:80] for name in ("product", "tag")}
    return render_template(
        "stories/photos.html", page=paginate(photo_queries.photos(**chosen), 24), chosen=chosen,
        products=queries.products(),
    )  # fmt: skip


@bp.get("/photos/<int:photo_id>")
@public
def show_photo(photo_id: int) -> str:
    """One photo submission with its replies."""
    photo = composing.found(photo_id, "photo")
    newer, older = photo_queries.neighbours(photo)
    return render_template(
        "stories/photo.html", photo=photo, thread=thread_of(photo, current_user), newer=newer, older=older
    )


@bp.route("/photos/new", methods=["GET", "POST"])
@member_only
def submit_photo() -> composing.Page:
    """Submit one to ten pictures."""
    return composing.make_new(PHOTO)


@bp.route("/photos/<int:contribution_id>/edit", methods=["GET", "POST"])
@member_only
def edit_photo(contribution_id: int) -> composing.Page:
    """Change a photo submission, or submit it again after it was returned."""
    return composing.change_old(PHOTO, contribution_id)
