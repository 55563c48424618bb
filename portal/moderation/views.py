"""The moderators' queue and decisions about single contributions. Other modules of this room add views to `bp`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from portal import text as texts
from portal.access import queue_only
from portal.config import settings
from portal.contributions.addresses import edit_url_of
from portal.contributions.lifecycle import NotAllowed
from portal.contributions.models import KINDS, Contribution
from portal.contributions.queries import last_decision
from portal.contributions.reports import REASONS as REPORT_REASONS
from portal.db import db
from portal.forum.models import Board
from portal.moderation import claims, commands, figures, filters, openness, permitted, queries, undo
from portal.moderation.context import context_of
from portal.moderation.forms import ChangesForm, DecisionForm, HideForm, ReasonForm, RemoveForm, ReturnForm, SortForm
from portal.moderation.member_reports import REASONS as MEMBER_REASONS
from portal.moderation.reasons import in_words, label_of
from portal.moderation.words import told, too_late
from portal.stories import composing
from portal.stories.views import STORY
from portal.web import Page, after_reading, back_to, is_local, page_number

bp = Blueprint("moderation", __name__)
bp.add_app_template_global(openness.standing, "standing_of")
bp.add_app_template_global(figures.recent_figures, "moderation_figures")
bp.add_app_template_global(figures.share_of, "share_of")
bp.add_app_template_global(undo.offered, "offered_undo")

ITEMS_PER_PAGE = 10
Answer = str | Response | tuple[str, int]


@bp.get("/moderation/")
@queue_only
def show_queue() -> Answer:
    """What waits, the most urgent first, whole; by reason, kind, board, age and author."""
    chosen = permitted.filters_for(current_user, request.args)
    counted = queries.counts(chosen)
    total = counted.get(chosen.waits, 0) if chosen.waits else sum(counted.values())
    number, last = page_number(), max(1, -(-total // ITEMS_PER_PAGE))
    if number > last:  # what stood here was decided
        arguments: dict[str, Any] = {**chosen.chosen, "page": last if last > 1 else None}
        return redirect(url_for("moderation.show_queue", **arguments), 303)
    items = queries.page(number, ITEMS_PER_PAGE, chosen, current_user) if total else []
    boards, views = filters.offered(current_user, chosen.boards)
    return render_template(
        "moderation/queue.html",
        items=items, page=Page(items, number, last, total), counted=counted, chosen=chosen.chosen, kinds=KINDS,
        powers=permitted.powers_over_each(current_user, [i.contribution for i in items if i.contribution]),
        boards=boards, views=views, arguments_of=filters.arguments_of, settings=settings(),
        back=request.full_path.rstrip("?"), **_words(), **_empty_forms(),
    )  # fmt: skip


@bp.get("/moderation/<int:contribution_id>")
@queue_only
def show_item(contribution_id: int) -> Answer:
    """One contribution with all that stands around it, and what can be decided about it now. Opening it claims it."""
    return _item_page(contribution_id)


def _item_page(contribution_id: int, **forms: Any) -> Answer:
    item = queries.find_item(contribution_id, current_user)
    if item is None:
        abort(404)
    c = item.contribution
    permitted.must(current_user, "see what waits", c)
    if request.method == "GET" and item.waits:
        after_reading(claims.later(c.id, current_user.id))
    powers = permitted.powers_over(current_user, c)
    history = queries.history(c.id)
    changes = ChangesForm(formdata=None)
    changes.title.data, changes.source.data = c.title, c.source
    own_forms = _empty_forms() | {"changes": changes, "sort": _sort_form(c, powers)}
    return render_template(
        "moderation/item.html",
        item=item, history=history, told=told, powers=powers, around=context_of(item),
        back=request.form.get("next") or request.args.get("next", ""),
        spam_of=item.lately if "remove all of an author's" in powers else 0,
        edit_url=edit_url_of(c) if c.state != "removed" and "edit" in powers else None, **_words(),
        **(own_forms | forms),
    )  # fmt: skip


@bp.post("/moderation/<int:contribution_id>/approve")
@queue_only
def approve(contribution_id: int) -> Answer:
    """Publish what waits."""
    return _decide(contribution_id, "Approved: it is public now.", commands.approve)


@bp.post("/moderation/<int:contribution_id>/approve-with-changes")
@queue_only
def approve_with_changes(contribution_id: int) -> Answer:
    """Change the words and publish, in one step."""
    contribution, form = _find(contribution_id), ChangesForm()
    if contribution.kind == "story":
        raise NotAllowed("A story is told in parts: its own form changes and approves it.")
    if not form.validate_on_submit():
        return _refused(contribution_id, changes=form)
    if not _still_as_seen(contribution, form.seen.data):
        return _seen_anew(contribution_id)
    try:
        done = commands.approve_with_changes(
            contribution, current_user, source=form.source.data or "", title=form.title.data or ""
        )
    except texts.TextTooLong as refused:
        form.source.errors = [str(refused)]
        return _refused(contribution_id, changes=form)
    return decided(contribution, done, "Approved with your changes: it is public now.")


@bp.route("/moderation/<int:contribution_id>/story", methods=["GET", "POST"])
@queue_only
def change_story(contribution_id: int) -> Answer:
    """A waiting story's own form: it is changed and published in one step."""
    story = _find(contribution_id)
    if story.kind != "story":
        abort(404)
    permitted.must(current_user, "edit", story)
    commands.must_be_impartial(story, current_user)
    if story.state != "pending":
        return decided(story, False, "")
    if not _still_as_seen(story, request.form.get("seen")):
        return _seen_anew(contribution_id)
    if request.method == "GET":
        after_reading(claims.later(story.id, current_user.id))
    deciding = {"seen": queries.fingerprint(story), "next": request.values.get("next", "")}
    waiting = replace(
        STORY, then=_approve_as_changed, context=lambda form, c: STORY.context(form, c) | {"deciding": deciding}
    )
    return composing.change_old(waiting, contribution_id)


def _approve_as_changed(story: Contribution) -> Answer:
    done = commands.approve_as_changed(story, current_user)
    if not done:
        db.session.rollback()  # somebody else decided meanwhile: nothing is changed either
    return decided(story, done, "Approved with your changes, which stay if you take this back: it is public now.")


@bp.post("/moderation/<int:contribution_id>/restore")
@queue_only
def restore(contribution_id: int) -> Answer:
    """Show again what was hidden."""
    return _decide(contribution_id, "It is public again.", commands.restore)


@bp.post("/moderation/<int:contribution_id>/keep")
@queue_only
def keep(contribution_id: int) -> Answer:
    """Leave what was reported as it is."""
    return _decide(contribution_id, "Kept as it is; its reports are settled.", commands.keep)


@bp.post("/moderation/<int:contribution_id>/return")
@queue_only
def return_to_author(contribution_id: int) -> Answer:
    """Send back with a reason."""
    return _decide_with_reason(
        contribution_id, ReturnForm, "Sent back; its author reads your reason.", commands.return_to_author
    )


@bp.post("/moderation/<int:contribution_id>/remove")
@queue_only
def remove(contribution_id: int) -> Answer:
    """Take away for good, with a reason."""
    return _decide_with_reason(contribution_id, RemoveForm, "Removed; its author reads your reason.", commands.remove)


@bp.post("/moderation/<int:contribution_id>/hide")
@queue_only
def hide(contribution_id: int) -> Answer:
    """Take from view until it is decided, with a reason."""
    return _decide_with_reason(contribution_id, HideForm, "Hidden until it is decided.", commands.hide)


def _decide(contribution_id: int, done: str, command: Callable[[Contribution, Any], bool]) -> Answer:
    contribution = _find(contribution_id)
    if not _still_as_seen(contribution, DecisionForm().seen.data):
        return _seen_anew(contribution_id)
    return decided(contribution, command(contribution, current_user), done)


def _decide_with_reason(
    contribution_id: int, form_class: type[ReasonForm], done: str, command: Callable[..., bool]
) -> Answer:
    contribution = _find(contribution_id)
    form = form_class()
    if not form.validate_on_submit():
        return _refused(contribution_id, **{_FORMS[form_class]: form})
    if not _still_as_seen(contribution, form.seen.data):
        return _seen_anew(contribution_id)
    words = in_words(form.reasons, form.key, form.words.data or "", contribution.author.display_name)
    return decided(contribution, command(contribution, current_user, words, form.key), done)


def _refused(contribution_id: int, **forms: Any) -> Answer:
    page = _item_page(contribution_id, **forms)
    return (page, 422) if isinstance(page, str) else page


def _find(contribution_id: int) -> Contribution:
    contribution = queries.find_to_decide(contribution_id)
    if contribution is None:
        abort(404)
    permitted.must(current_user, "see what waits", contribution)
    return contribution


def _still_as_seen(contribution: Contribution, seen: str | None) -> bool:
    """Whether the text and pictures the moderator had on the screen are what there is; from pages that do not say, yes.

    Whether somebody else decided meanwhile is another matter: the command notices that.
    """
    if not seen:
        return True
    return seen == queries.fingerprint(contribution)


def _seen_anew(contribution_id: int) -> Response:
    flash("This was changed while you looked at it, so nothing was decided. Here it is as it is now.", "warning")
    return redirect(url_for("moderation.show_item", contribution_id=contribution_id), 303)


def decided(contribution: Contribution, changed: bool, done: str) -> Response:
    """Say what came of it, offer the way back, and go on to what waits next."""
    if changed:
        undo.offer(done, current_user)
    else:
        flash(too_late(last_decision(contribution)), "warning")
    if is_local(request.form.get("next")):
        return back_to(url_for("moderation.show_queue"))
    following = queries.next_in_queue(contribution.id, permitted.filters_for(current_user, {}), current_user)
    if following is None:
        return redirect(url_for("moderation.show_queue"), 303)
    return redirect(url_for("moderation.show_item", contribution_id=following), 303)


_FORMS: dict[type[ReasonForm], str] = {
    ReturnForm: "return_form", RemoveForm: "remove_form", HideForm: "hide_form",
}  # fmt: skip


def _empty_forms() -> dict[str, Any]:
    return {name: form_class(formdata=None) for form_class, name in _FORMS.items()}


def _sort_form(contribution: Contribution, powers: set[str]) -> SortForm | None:
    if contribution.kind != "topic" or "move and tag" not in powers or contribution.state == "removed":
        return None
    form = SortForm(formdata=None)
    form.offer(db.session.scalars(select(Board).order_by(Board.place_in_list, Board.name)).all())
    form.board.data, form.tags.data = str(contribution.board_id), ", ".join(tag.name for tag in contribution.tags)
    return form


def _words() -> dict[str, Any]:
    return {"label_of": label_of, "report_reasons": REPORT_REASONS, "member_reasons": MEMBER_REASONS}
