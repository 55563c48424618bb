"""The pages of stories and of the photo wall."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from portal import text as texts
from portal.access import member_only, public
from portal.config import settings
from portal.contributions import drafts, screening
from portal.contributions.models import Contribution
from portal.contributions.queries import find
from portal.contributions.thread import thread_of
from portal.contributions.writing import already_sent, must_be_editable, must_write
from portal.db import db
from portal.media.forms import SentPictures, sent_pictures
from portal.media.queries import with_pictures
from portal.stories import editing, queries
from portal.stories.forms import PhotoForm, ShownForm, StoryForm
from portal.web import paginate

bp = Blueprint("stories", __name__)


@bp.get("/stories/")
@public
def show_stories() -> str:
    """All stories, by product, trade and goal."""
    chosen = {name: request.args.get(name, "")[:120] for name in ("product", "trade", "goal")}
    trades, goals = queries.trades_and_goals()
    return render_template(
        "stories/stories.html", page=paginate(queries.stories(**chosen), 12), chosen=chosen,
        products=queries.products(), trades=trades, goals=goals,
    )  # fmt: skip


@bp.get("/stories/<int:story_id>")
@bp.get("/stories/<int:story_id>/<slug>")
@public
def show_story(story_id: int, slug: str = "") -> "str | Response":
    """One story with its replies."""
    story = _find(story_id, "story")
    if slug != story.slug:
        page = request.args.get("page")
        return redirect(url_for("stories.show_story", story_id=story.id, slug=story.slug, page=page), 301)
    return render_template("stories/story.html", story=story, thread=thread_of(story, current_user))


@bp.get("/photos/")
@public
def show_photos() -> str:
    """The wall."""
    chosen = {name: request.args.get(name, "")[:80] for name in ("product", "tag")}
    return render_template(
        "stories/photos.html", page=paginate(queries.photos(**chosen), 24), chosen=chosen, products=queries.products()
    )


@bp.get("/photos/<int:photo_id>")
@public
def show_photo(photo_id: int) -> str:
    """One photo submission with its replies."""
    photo = _find(photo_id, "photo")
    newer, older = _neighbours(photo)
    return render_template(
        "stories/photo.html", photo=photo, thread=thread_of(photo, current_user), newer=newer, older=older
    )


@bp.route("/photos/new", methods=["GET", "POST"])
@member_only
def submit_photo() -> "str | Response | tuple[str, int]":
    """Submit one to ten pictures."""
    return _compose(PhotoForm(), None, "photo:new")


@bp.route("/stories/new", methods=["GET", "POST"])
@member_only
def tell_story() -> "str | Response | tuple[str, int]":
    """Tell a story."""
    return _compose(StoryForm(), None, "story:new")


@bp.route("/photos/<int:contribution_id>/edit", methods=["GET", "POST"], endpoint="edit_photo")
@bp.route("/stories/<int:contribution_id>/edit", methods=["GET", "POST"], endpoint="edit_story")
@member_only
def edit(contribution_id: int) -> "str | Response | tuple[str, int]":
    """Change a story or a photo submission, or submit it again after it was returned."""
    kind = "story" if request.path.startswith("/stories/") else "photo"
    contribution = _find(contribution_id, kind)
    must_be_editable(contribution, current_user)
    form = (StoryForm if kind == "story" else PhotoForm)(data=editing.typed(contribution))
    return _compose(form, contribution)


def _compose(form: ShownForm, contribution: Any, draft: str = "") -> "str | Response | tuple[str, int]":
    """The form and what becomes of it; `draft` is the key under which a new one is kept while it is typed."""
    must_write(current_user)
    # Pictures come first: they are kept even when the words are sent back for something.
    owner = contribution.author if contribution is not None else current_user
    posted = request.method == "POST" and owner.id == current_user.id
    sent = sent_pictures(owner) if posted else _as_before(contribution)
    offered = [(0, "None in particular"), *((p.id, p.name) for p in queries.products())]
    form.product.choices = [SelectChoice(str(value), label) for value, label in offered]
    if request.method == "GET":
        restored = bool(draft) and editing.put_back(form, drafts.typed(current_user, draft))
        return _form_page(form, sent, contribution, restored=restored)
    if draft and "discard_draft" in request.form:
        drafts.discard(current_user, draft)
        return redirect(request.path, 303)
    twin = already_sent(current_user, form.key()) if contribution is None else None
    if twin is not None:
        return redirect(twin.address, 303)
    if not form.validate():
        return _form_page(form, sent, contribution, 422 if not sent.pictures else 200)
    if problem := _pictures_problem(form, sent):
        form.files.errors = [problem]
        return _form_page(form, sent, contribution, 200 if sent.pictures else 422)
    try:
        with db.session.begin_nested():
            done = editing.save(form, contribution, current_user, sent)
    except (screening.Refused, texts.TextTooLong) as refused:
        form.title.errors = [*form.title.errors, str(refused)]
        return _form_page(form, sent, contribution, 200 if sent.pictures else 422)
    except IntegrityError:
        twin = already_sent(current_user, form.key())
        if twin is None:
            raise
        done = twin
    if draft:
        drafts.discard(current_user, draft)
    return redirect(done.address, 303)


def _pictures_problem(form: ShownForm, sent: SentPictures) -> str:
    if sent.errors:
        return " ".join(sent.errors)
    if isinstance(form, PhotoForm) and not sent.pictures:
        return "Please add at least one picture."
    if sent.without_alt:
        return "Please say in a few words what each picture shows, for people who can't see it."
    return ""


def _as_before(contribution: Any) -> SentPictures:
    if contribution is None:
        return SentPictures()
    return SentPictures(pictures=[p for p in contribution.pictures if not p.in_text])


def _form_page(
    form: ShownForm, sent: SentPictures, contribution: Any, status: int = 200, restored: bool = False
) -> tuple[str, int]:
    known_tags = queries.known_tags()
    kind = "photo" if isinstance(form, PhotoForm) else "story"
    pictures = [
        {"token": p.token, "preview_url": p.preview_url, "alt": sent.alts.get(p.token, p.alt)} for p in sent.pictures
    ]
    page = render_template(
        f"stories/{kind}_form.html", form=form, pictures=pictures, contribution=contribution, known_tags=known_tags,
        most=settings().pictures_per_contribution, restored=restored,
    )  # fmt: skip
    return page, status


def _find(contribution_id: int, kind: str) -> Any:
    contribution = find(contribution_id, current_user, with_pictures())
    if contribution is None or contribution.kind != kind:
        abort(404)
    return contribution


def _neighbours(photo: Contribution) -> tuple[Contribution | None, Contribution | None]:
    """The submissions before and after on the wall, for the arrows and their keys."""
    if photo.published_at is None:
        return None, None
    wall = select(Contribution).where(Contribution.kind == "photo", Contribution.state == "published")
    newer = wall.where(Contribution.published_at > photo.published_at).order_by(Contribution.published_at)
    older = wall.where(Contribution.published_at < photo.published_at).order_by(Contribution.published_at.desc())
    return db.session.scalar(newer.limit(1)), db.session.scalar(older.limit(1))
