"""The pages of the forum."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import member_only, moderator_only, public
from portal.contributions import drafts, lifecycle, reading, screening
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.thread import thread_of
from portal.contributions.writing import must_be_editable, rendered, why_not
from portal.forum import asking, commands, queries
from portal.forum.commands import DRAFT
from portal.forum.forms import EditTopicForm, MoveForm, TopicFields, TopicForm, choices
from portal.forum.models import Board, Topic
from portal.pages.judging import kept
from portal.text import TextTooLong
from portal.web import back_to

bp = Blueprint("forum", __name__)

Answer = str | Response | tuple[str, int]


@bp.get("/forum/")
@public
@kept
def show_forum() -> str:
    """All boards, what is new in them, and which questions are open."""
    boards, newest, questions = queries.boards_today(), queries.newest_activity(8), queries.open_questions(6)
    shown: list[Any] = [*newest, *questions, *(b.latest for b in boards)]
    return render_template(
        "forum/forum.html", boards=boards, newest=newest, questions=questions,
        unread=reading.unread_counts(current_user, shown),
    )  # fmt: skip


@bp.get("/forum/<slug>/")
@public
@kept
def show_board(slug: str) -> str:
    """A board's topics: pinned ones first, then by last activity."""
    board = queries.find_board(slug) or abort(404)
    chosen, tag = request.args.get("filter", "all"), request.args.get("tag", "")[:40]
    if chosen not in queries.FILTERS:
        chosen = "all"
    every = chosen == "all" and not tag
    pinned = queries.pinned_in(board) if every else []
    page = queries.topics_in(board, chosen, tag, len(pinned))
    pinned = pinned[: queries.PINNED_AT_MOST] if page.number == 1 else []
    shown: list[Any] = [*pinned, *page.rows]
    return render_template(
        "forum/board.html", board=board, page=page, pinned=pinned, chosen=chosen, tag=tag, filters=queries.FILTERS,
        unread=reading.unread_counts(current_user, shown),
    )  # fmt: skip


@bp.get("/topics/<int:topic_id>")
@bp.get("/topics/<int:topic_id>/<slug>")
@public
@kept
def show_topic(topic_id: int, slug: str = "") -> Answer:
    """A topic and a page of its replies; `?unread=1` leads to the first reply the reader has not seen."""
    topic = queries.topic_to_read(topic_id, current_user) or abort(404)
    if slug != topic.slug:
        known: dict[str, Any] = {
            name: request.args[name] for name in ("page", "order", "quote", "unread") if name in request.args
        }
        return redirect(url_for("forum.show_topic", topic_id=topic.id, slug=topic.slug, **known), 301)
    if "unread" in request.args:
        return redirect(reading.first_unread_url(topic, current_user), 302)
    thread = thread_of(topic, current_user)
    asked = asking.asked_by(topic, thread.reader, thread.asked)
    return render_template("forum/topic.html", topic=topic, thread=thread, asked=asked)


@bp.route("/forum/new", methods=["GET", "POST"], endpoint="start_topic_anywhere")
@bp.route("/forum/<slug>/new", methods=["GET", "POST"])
@member_only
def start_topic(slug: str = "") -> Answer:
    """Write a topic."""
    board = (queries.find_board(slug) or abort(404)) if slug else None
    form = _with_choices(TopicForm())
    asked = asking.whom((request.form if request.method == "POST" else request.args).get("ask", ""), current_user)
    if request.method == "GET":
        restored = drafts.put_back(form, drafts.typed(current_user, DRAFT))
        if board is not None:
            form.board.data = board.slug
        form.title.data = form.title.data or drafts.begun_title()
        return _topic_form(form, board, restored=restored, asked=asked)
    if "discard_draft" in request.form:
        drafts.discard(current_user, DRAFT)
        return redirect(url_for(request.endpoint or "", slug=slug or None, ask=asked.username if asked else None), 303)
    if "ask_everybody" in request.form:
        return _topic_form(form, board)
    if "preview" in request.form:
        return _previewed(form, board, DRAFT, asked=asked)
    if "similar" in request.form:
        return _topic_form(form, board, look=True, asked=asked)
    if not form.validate():
        return _topic_form(form, board, 422, asked=asked)
    try:
        topic = commands.start_topic(
            current_user, queries.find_board(form.board.data) or abort(404), submission_key=form.key(), asked=asked,
            **_fields(form),
        )  # fmt: skip
    except (screening.Refused, NotAllowed, TextTooLong) as refused:
        form.source.errors = [str(refused)]
        return _topic_form(form, board, 422, asked=asked)
    if request.form.get("ask") and asked is None:
        flash("Whom you asked takes no questions by name just now. Everybody else can answer.", "info")
    flash(
        "Your topic is posted. You will hear of replies."
        if topic.is_published
        else "Thank you. A moderator reads it first; you will hear of it.",
        "success",
    )
    return redirect(topic.address, 303)


@bp.route("/forum/topics/<int:topic_id>/edit", methods=["GET", "POST"])
@member_only
def edit_topic(topic_id: int) -> Answer:
    """Change a topic, or submit it again after it was returned."""
    topic = queries.find_topic(topic_id, current_user) or abort(404)
    must_be_editable(topic, current_user)
    form, key = _with_choices(EditTopicForm()), f"edit:{topic.id}"
    if request.method == "GET":
        form.begins_with(topic)
        form.format.data, form.title.data, form.source.data = topic.format, topic.title, topic.source
        form.tags.data, form.product.data = ", ".join(tag.name for tag in topic.tags), topic.product_id or 0
        restored = drafts.put_back(form, drafts.typed(current_user, key))
        return _topic_form(form, topic.board, restored=restored, topic=topic)
    if "discard_draft" in request.form:
        drafts.discard(current_user, key)
        return redirect(request.path, 303)
    if "preview" in request.form:
        return _previewed(form, topic.board, key, topic)
    if not form.validate():
        return _topic_form(form, topic.board, 422, topic=topic)
    overtaken = form.was_overtaken(topic)
    if overtaken:
        form.source.errors = ["Somebody changed this meanwhile. Your text is below; send it again if it should stand."]
        return _topic_form(form, topic.board, 422, topic=topic, current=topic.html)
    try:
        commands.edit_topic(topic, current_user, why=form.why.data or "", **_fields(form))
        if "submit_again" in request.form and topic.author_id == current_user.id:
            lifecycle.submit(topic)
    except (screening.Refused, NotAllowed, TextTooLong) as refused:
        form.source.errors = [str(refused)]
        return _topic_form(form, topic.board, 422, topic=topic)
    drafts.discard(current_user, key)
    return redirect(topic.address, 303)


@bp.post("/c/<int:reply_id>/accept")
@member_only
def accept_reply(reply_id: int) -> Response:
    """The asker says that this solved it."""
    reply = queries.find_reply(reply_id, current_user) or abort(404)
    if commands.accept_reply(reply, current_user):
        flash("Glad it helped. Your question is marked as solved.", "success")
    return back_to(reply.address)


@bp.post("/c/<int:reply_id>/accept/withdraw")
@member_only
def withdraw_acceptance(reply_id: int) -> Response:
    """The asker takes it back."""
    reply = queries.find_reply(reply_id, current_user) or abort(404)
    commands.withdraw_acceptance(reply, current_user)
    return back_to(reply.address)


@bp.post("/forum/topics/<int:topic_id>/<any(pin, unpin, lock, unlock):verb>")
@moderator_only
def arrange_topic(topic_id: int, verb: str) -> Response:
    """Pin, unpin, lock or unlock a topic."""
    topic = queries.find_topic(topic_id, current_user) or abort(404)
    verbs = {"pin": commands.pin, "unpin": commands.unpin, "lock": commands.lock, "unlock": commands.unlock}
    verbs[verb](topic, current_user)
    return back_to(topic.address)


@bp.route("/forum/topics/<int:topic_id>/move", methods=["GET", "POST"])
@moderator_only
def move_topic(topic_id: int) -> Answer:
    """Put a topic into another board."""
    topic = queries.find_topic(topic_id, current_user) or abort(404)
    form = MoveForm()
    form.board.choices = choices((b.slug, b.name) for b in queries.all_boards())
    if request.method == "GET":
        form.board.data = topic.board.slug if topic.board else None
    elif form.validate() and (to := queries.find_board(form.board.data or "")) is not None:
        if commands.move(topic, to, current_user):
            flash(f"It stands in “{to.name}” now.", "success")
        return redirect(topic.address, 303)
    else:
        form.board.errors = ["Please choose one of the boards."]
        return render_template("forum/move.html", topic=topic, form=form), 422
    return render_template("forum/move.html", topic=topic, form=form)


def _with_choices(form: Any) -> Any:
    form.product.choices = choices([(0, "None in particular"), *((p.id, p.name) for p in queries.all_products())])
    if "board" in form:
        form.board.choices = choices([("", "Choose one"), *((b.slug, b.name) for b in queries.all_boards())])
    return form


def _fields(form: TopicFields) -> dict[str, Any]:
    return {
        "title": form.title.data or "",
        "source": form.source.data or "",
        "format": form.format.data,
        "tags": form.tag_names(),
        "product_id": form.product.data or None,
    }


def _previewed(form: Any, board: Board | None, key: str, topic: Topic | None = None, **context: Any) -> Answer:
    """The form once more with its preview; what was typed is kept, as scripts would have done."""
    try:
        preview = rendered(form.source.data or "")
        drafts.keep(current_user, key, request.form)
    except (TextTooLong, drafts.NotKept) as refused:
        form.source.errors = [str(refused)]
        return _topic_form(form, board, 422, topic=topic, **context)
    return _topic_form(form, board, topic=topic, preview=preview, **context)


def _topic_form(form: Any, board: Board | None, status: int = 200, **context: Any) -> Answer:
    page = render_template(
        "forum/topic_form.html", form=form, board=board, why_not=why_not(current_user),
        draft_key=f"edit:{context['topic'].id}" if context.get("topic") else DRAFT, **context,
    )  # fmt: skip
    return page, status
