"""The pages of stories: all of them, one, telling and changing one."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import member_only, public
from portal.contributions.thread import thread_of
from portal.media.forms import SentPictures
from portal.pages.judging import kept
from portal.pages.remembering import remembered
from portal.stories import commands, composing, invitations, queries
from portal.stories.beside import beside, edits_by_others
from portal.stories.magazine import Magazine, magazine_of, preview_of
from portal.stories.models import Story, StoryInvitation
from portal.stories.parts import PARTS
from portal.stories.queries import Filters
from portal.stories.story_forms import StoryForm

bp = Blueprint("stories", __name__)


def _parts_of(form: StoryForm, sent: SentPictures) -> dict[str, Any]:
    return {"parts": {token: request.form.get(f"part-{token}", "") for token in sent.tokens}}


def _context(form: StoryForm, contribution: Story | None) -> dict[str, Any]:
    written = [part.name for part in PARTS if (form[part.name].data or "").strip()]
    return {"parts": PARTS, "written": written, "invitation": None}


def _preview(form: StoryForm, contribution: Story | None, sent: SentPictures) -> Magazine:
    told = {name: form[name].data or "" for name in STORY.words}
    author = contribution.author if contribution is not None else current_user._get_current_object()
    return preview_of(author, told, form.product.data, sent, _parts_of(form, sent)["parts"])


STORY = composing.Shown(
    kind="story",
    form=StoryForm,
    words=("title", *commands.WORDS),
    make=commands.tell_story,
    change=commands.change_story,
    typed=commands.typed,
    more=_parts_of,
    context=_context,
    what=Story,
    preview=_preview,
)


@bp.get("/stories/")
@public
@kept
def show_stories() -> str:
    """All stories, narrowed by product, trade, goal and company size."""
    filters = Filters(**{name: request.args.get(name, "")[:120] for name in Filters.names()})
    page = queries.stories(filters, 13)
    offers = remembered(queries.offers, filters)
    return render_template("stories/stories.html", page=page, filters=filters, offers=offers)


@bp.get("/stories/<int:story_id>")
@bp.get("/stories/<int:story_id>/<slug>")
@public
@kept
def show_story(story_id: int, slug: str = "") -> "str | Response":
    """One story with its replies, others like it and questions about the same."""
    story = composing.found(story_id, "story", Story)
    if slug != story.slug:
        page = request.args.get("page")
        return redirect(url_for("stories.show_story", story_id=story.id, slug=story.slug, page=page), 301)
    return render_template(
        "stories/story.html", story=story, magazine=magazine_of(story), thread=thread_of(story, current_user),
        edits=edits_by_others(story), beside=beside(story),
    )  # fmt: skip


@bp.route("/stories/new", methods=["GET", "POST"])
@member_only
def tell_story() -> composing.Page:
    """Tell a story, perhaps because staff asked for it (`?invitation=`)."""
    invitation = _invitation(request.args.get("invitation", ""))
    if invitation is None:
        return composing.make_new(STORY)

    def make(author: Any, **told: Any) -> Story:
        story = commands.tell_story(author, **told)
        invitations.answer(invitation, story)
        return story

    def context(form: StoryForm, contribution: Story | None) -> dict[str, Any]:
        return _context(form, contribution) | {"invitation": invitation}

    question = invitation.contribution
    preset = {"product": question.product_id or 0} if question is not None else {}
    return composing.make_new(replace(STORY, make=make, context=context), **preset)


def _invitation(number: str) -> StoryInvitation | None:
    """The invitation in the address; one that is not this member's is not found."""
    if not number:
        return None
    usable = number.isascii() and number.isdigit() and len(number) < 10
    return (invitations.find_own(int(number), current_user) if usable else None) or abort(404)


@bp.route("/stories/<int:contribution_id>/edit", methods=["GET", "POST"])
@member_only
def edit_story(contribution_id: int) -> composing.Page:
    """Change a story, or submit it again after it was returned."""
    return composing.change_old(STORY, contribution_id)
