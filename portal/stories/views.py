"""The pages of stories: all of them, one, telling and changing one."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import member_only, public
from portal.contributions.thread import thread_of
from portal.stories import commands, composing, queries
from portal.stories.story_forms import StoryForm
from portal.web import paginate

bp = Blueprint("stories", __name__)

STORY = composing.Shown(
    kind="story",
    form=StoryForm,
    words=("title", *commands.WORDS),
    make=commands.tell_story,
    change=commands.change_story,
    more=lambda form, sent: {"parts": {token: request.form.get(f"part-{token}", "") for token in sent.tokens}},
)


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
    story = composing.found(story_id, "story")
    if slug != story.slug:
        page = request.args.get("page")
        return redirect(url_for("stories.show_story", story_id=story.id, slug=story.slug, page=page), 301)
    return render_template("stories/story.html", story=story, thread=thread_of(story, current_user))


@bp.route("/stories/new", methods=["GET", "POST"])
@member_only
def tell_story() -> composing.Page:
    """Tell a story."""
    return composing.make_new(STORY)


@bp.route("/stories/<int:contribution_id>/edit", methods=["GET", "POST"])
@member_only
def edit_story(contribution_id: int) -> composing.Page:
    """Change a story, or submit it again after it was returned."""
    return composing.change_old(STORY, contribution_id)
