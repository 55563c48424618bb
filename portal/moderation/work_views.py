"""More of a moderator's work: several at once, all of a spammer's, taking back, sorting, views kept under a name."""

from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from portal import activity
from portal.access import queue_only
from portal.contributions import turns
from portal.contributions.models import Decision
from portal.contributions.writing import set_tags
from portal.db import db
from portal.forum import commands as forum
from portal.forum.models import Board, Topic
from portal.moderation import commands, filters, permitted, queries, undo
from portal.moderation.forms import SortForm
from portal.moderation.reasons import REMOVE, in_words
from portal.moderation.views import bp
from portal.web import back_to, is_local


@bp.post("/moderation/bulk")
@queue_only
def decide_several() -> Response:
    """Approve, or remove as spam, what was chosen; what cannot be decided is passed over."""
    act = request.form.get("act", "")
    if act not in ("approve", "spam"):
        abort(400)
    wanted = {int(raw) for raw in request.form.getlist("ids") if raw.isascii() and raw.isdigit() and len(raw) < 10}
    seen = {n: request.form.get(f"seen-{n}", "") for n in wanted}
    turns.take_all(wanted)
    ids = [n for n in sorted(wanted) if _as_seen(n, seen[n])]
    done = commands.decide_several(ids, current_user, act, REMOVE[commands.SPAM].words)
    if done:
        said = f"{done} {'contribution' if done == 1 else 'contributions'}"
        undo.offer(f"{said} {'approved' if act == 'approve' else 'removed as spam'}.", current_user)
    if done < len(wanted):
        left = len(wanted) - done
        flash(f"{left} {'was' if left == 1 else 'were'} passed over: decided, changed or gone meanwhile.", "warning")
    elif not wanted:
        flash("Nothing was chosen.", "warning")
    return back_to(url_for("moderation.show_queue"))


def _as_seen(number: int, seen: str) -> bool:
    """Nobody approves what they did not see; what a page without marks sends is taken as it is."""
    found = queries.find_to_decide(number)
    return found is not None and (not seen or seen == queries.fingerprint(found))


@bp.post("/moderation/<int:contribution_id>/spam")
@queue_only
def remove_as_spam(contribution_id: int) -> Response:
    """Remove this as spam, and all that its author sent in lately."""
    contribution = queries.find_to_decide(contribution_id, keep=False) or abort(404)
    words = in_words(REMOVE, commands.SPAM, "", contribution.author.display_name)
    done = commands.remove_as_spam(contribution, current_user, words)
    if done:
        undo.offer(f"Removed as spam: {done} by this author.", current_user)
    else:
        flash("There was nothing left to remove.", "warning")
    return back_to(url_for("moderation.show_queue"))


@bp.post("/moderation/decisions/<int:decision_id>/undo", endpoint="undo")
@queue_only
def take_back(decision_id: int) -> Response:
    """Take one's own decision back, within seconds."""
    decision = db.get_or_404(Decision, decision_id)
    try:
        done = undo.undo(decision_id, current_user)
    except undo.TooLate:
        undo.withdraw_offer()
        flash("Too late to take back. Open it to decide anew.", "warning")
        return back_to(url_for("moderation.show_queue"))
    undo.withdraw_offer()
    if done:
        flash("Taken back: everything is as it was." if done == 1 else f"{done} decisions taken back.", "success")
    else:
        flash("Something else was decided since, so nothing was taken back.", "warning")
    return _back_to_item(decision.contribution_id)


def _back_to_item(contribution_id: int) -> Response:
    """The queue as it was filtered, at this item."""
    back = request.form.get("next", "")
    queue = back if is_local(back) and "#" not in back else url_for("moderation.show_queue")
    return redirect(f"{queue}#item-{contribution_id}", 303)


@bp.post("/moderation/<int:contribution_id>/sort")
@queue_only
def sort(contribution_id: int) -> Response:
    """Put a topic into another board, and give it other tags."""
    topic = db.session.get(Topic, contribution_id)
    if topic is None or topic.state in ("draft", "removed"):
        abort(404)
    permitted.must(current_user, "move and tag", topic)
    form = SortForm()
    boards = {str(b.id): b for b in db.session.scalars(select(Board))}
    form.offer(list(boards.values()))
    to = boards.get(form.board.data or "")
    if not form.validate_on_submit() or to is None:
        flash("Please choose one of the boards, and at most five tags.", "warning")
    else:
        set_tags(topic, (form.tags.data or "").split(","))
        forum.move(topic, to, current_user)
        activity.record("moved", topic, actor=current_user)
        flash("Sorted.", "success")
    if permitted.may(current_user, "see what waits", topic):
        return redirect(url_for("moderation.show_item", contribution_id=topic.id), 303)
    return redirect(url_for("moderation.show_queue"), 303)


@bp.post("/moderation/views")
@queue_only
def save_view() -> Response:
    """Keep what was chosen under a name."""
    chosen = permitted.filters_for(current_user, request.form)
    if filters.save_view(current_user, request.form.get("name", ""), chosen):
        flash("Kept under its name.", "success")
    else:
        flash(f"A view needs a name, and you can keep {filters.VIEWS_AT_MOST}.", "warning")
    arguments: dict[str, Any] = chosen.chosen
    return redirect(url_for("moderation.show_queue", **arguments), 303)


@bp.post("/moderation/views/<int:view_id>/delete")
@queue_only
def delete_view(view_id: int) -> Response:
    """Forget one of one's own."""
    flash("Forgotten." if filters.delete_view(current_user, view_id) else "It was gone already.", "success")
    return back_to(url_for("moderation.show_queue")) if is_local(request.form.get("next")) else redirect(
        url_for("moderation.show_queue"), 303
    )
