"""The moderators' queue and decisions, and the public log."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from portal.access import moderator_only, public
from portal.contributions.addresses import edit_url_of
from portal.contributions.models import KINDS, Contribution
from portal.contributions.queries import last_decision
from portal.contributions.reports import REASONS as REPORT_REASONS
from portal.db import db
from portal.forum.models import Board
from portal.moderation import commands, openness, queries
from portal.moderation.forms import DecisionForm, HideForm, ReasonForm, RemoveForm, ReturnForm
from portal.moderation.reasons import in_words, label_of
from portal.moderation.words import told, too_late
from portal.web import Page, back_to, is_local, page_number

bp = Blueprint("moderation", __name__)
bp.add_app_template_global(openness.standing, "standing_of")
bp.add_app_template_global(openness.figures, "moderation_figures")

ITEMS_PER_PAGE = 10
ENTRIES_PER_PAGE = 50


@bp.get("/moderation/")
@moderator_only
def show_queue() -> "str | Response":
    """What waits, the oldest first, whole; by reason, kind and board."""
    waits, kind = request.args.get("waits", ""), request.args.get("kind", "")
    board = request.args.get("board", "")
    if waits not in ("", *queries.WAITS) or kind not in ("", *KINDS) or not (board == "" or _is_number(board)):
        abort(404)
    conditions = ([queries.of_kind(kind)] if kind else []) + ([queries.of_board(int(board))] if board else [])
    counted = queries.counts(*conditions)
    total = counted.get(waits, 0) if waits else sum(counted.values())
    number, last = page_number(), max(1, -(-total // ITEMS_PER_PAGE))
    chosen: dict[str, Any] = {"waits": waits or None, "kind": kind or None, "board": board or None}
    if number > last:  # what stood here was decided
        return redirect(url_for("moderation.show_queue", page=last if last > 1 else None, **chosen), 303)
    items = queries.page(number, ITEMS_PER_PAGE, waits, *conditions) if total else []
    return render_template(
        "moderation/queue.html",
        items=items, page=Page(items, number, last, total), counted=counted, chosen=chosen, kinds=KINDS,
        boards=db.session.scalars(select(Board).order_by(Board.place_in_list, Board.name)).all(),
        back=request.full_path.rstrip("?"), **_words(), **_empty_forms(),
    )  # fmt: skip


@bp.get("/moderation/<int:contribution_id>")
@moderator_only
def show_item(contribution_id: int) -> "str | tuple[str, int]":
    """One contribution with its whole history, and what can be decided about it now."""
    return _item_page(contribution_id)


def _item_page(contribution_id: int, **forms: Any) -> "str | tuple[str, int]":
    item = queries.find_item(contribution_id)
    if item is None:
        abort(404)
    c = item.contribution
    return render_template(
        "moderation/item.html",
        item=item, history=queries.history(c.id), told=told, back=request.form.get("next", ""),
        edit_url=edit_url_of(c) if c.state != "removed" else None, **_words(), **(_empty_forms() | forms),
    )  # fmt: skip


@bp.post("/moderation/<int:contribution_id>/approve")
@moderator_only
def approve(contribution_id: int) -> "Response | tuple[str, int]":
    """Publish what waits."""
    return _decide(contribution_id, "Approved: it is public now.", commands.approve)


@bp.post("/moderation/<int:contribution_id>/restore")
@moderator_only
def restore(contribution_id: int) -> "Response | tuple[str, int]":
    """Show again what was hidden."""
    return _decide(contribution_id, "It is public again.", commands.restore)


@bp.post("/moderation/<int:contribution_id>/keep")
@moderator_only
def keep(contribution_id: int) -> "Response | tuple[str, int]":
    """Leave what was reported as it is."""
    return _decide(contribution_id, "Kept as it is; its reports are settled.", commands.keep)


@bp.post("/moderation/<int:contribution_id>/return")
@moderator_only
def return_to_author(contribution_id: int) -> "Response | tuple[str, int]":
    """Send back with a reason."""
    return _decide_with_reason(
        contribution_id, ReturnForm, "Sent back; its author reads your reason.", commands.return_to_author
    )


@bp.post("/moderation/<int:contribution_id>/remove")
@moderator_only
def remove(contribution_id: int) -> "Response | tuple[str, int]":
    """Take away for good, with a reason."""
    return _decide_with_reason(contribution_id, RemoveForm, "Removed; its author reads your reason.", commands.remove)


@bp.post("/moderation/<int:contribution_id>/hide")
@moderator_only
def hide(contribution_id: int) -> "Response | tuple[str, int]":
    """Take from view until it is decided, with a reason."""
    return _decide_with_reason(contribution_id, HideForm, "Hidden until it is decided.", commands.hide)


@bp.get("/moderation/log")
@public
def show_log() -> str:
    """What was decided, for everybody: never the text, nor who wrote, reported or decided."""
    number, total = page_number(), openness.count_log()
    last = max(1, -(-total // ENTRIES_PER_PAGE))
    if number > last:
        abort(404)
    query = openness.log_query().limit(ENTRIES_PER_PAGE).offset((number - 1) * ENTRIES_PER_PAGE)
    entries = [openness.entry(row) for row in db.session.execute(query)]
    return render_template("moderation/log.html", entries=entries, page=Page(entries, number, last, total))


def _decide(
    contribution_id: int, done: str, command: Callable[[Contribution, Any], bool]
) -> "Response | tuple[str, int]":
    contribution = _find(contribution_id)
    if not _still_as_seen(contribution, DecisionForm().seen.data):
        return _seen_anew(contribution_id)
    return _on(contribution, command(contribution, current_user), done)


def _decide_with_reason(
    contribution_id: int, form_class: type[ReasonForm], done: str, command: Callable[..., bool]
) -> "Response | tuple[str, int]":
    contribution = _find(contribution_id)
    form = form_class()
    if not form.validate_on_submit():
        page = _item_page(contribution_id, **{_FORMS[form_class]: form})
        return (page, 422) if isinstance(page, str) else page
    if not _still_as_seen(contribution, form.seen.data):
        return _seen_anew(contribution_id)
    words = in_words(form.reasons, form.key, form.words.data or "", contribution.author.display_name)
    return _on(contribution, command(contribution, current_user, words, form.key), done)


def _find(contribution_id: int) -> Contribution:
    contribution = queries.find_to_decide(contribution_id)
    if contribution is None:
        abort(404)
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


def _on(contribution: Contribution, changed: bool, done: str) -> Response:
    """Say what came of it, and go on to what waits next."""
    if changed:
        flash(done, "success")
    else:
        flash(too_late(last_decision(contribution)), "warning")
    if is_local(request.form.get("next")):
        return back_to(url_for("moderation.show_queue"))
    following = queries.next_in_queue(contribution.id)
    if following is None:
        return redirect(url_for("moderation.show_queue"), 303)
    return redirect(url_for("moderation.show_item", contribution_id=following), 303)


_FORMS: dict[type[ReasonForm], str] = {
    ReturnForm: "return_form", RemoveForm: "remove_form", HideForm: "hide_form",
}  # fmt: skip


def _empty_forms() -> dict[str, ReasonForm]:
    return {name: form_class(formdata=None) for form_class, name in _FORMS.items()}


def _words() -> dict[str, Any]:
    return {"label_of": label_of, "report_reasons": REPORT_REASONS}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
