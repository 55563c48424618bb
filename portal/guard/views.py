"""Findings as moderators see them: the list, one with its drawing and table, the decision; and the public's log."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select

from portal import clock
from portal.access import moderator_only, public
from portal.advocacy.drawing import thanks_drawing
from portal.config import settings
from portal.db import db
from portal.guard import commands, queries, strip, words
from portal.guard.blueprint import Answer, bp
from portal.guard.forms import AgainForm, AsideForm, ClearForm
from portal.guard.models import SORTS, STATES, Finding, FindingMember
from portal.pages.judging import kept
from portal.web import Page, page_number, paginate

PER_PAGE, LOG_PER_PAGE = 20, 50
LATE = "Somebody decided this before you, so your decision changed nothing."


@bp.get("/moderation/findings")
@moderator_only
def show_findings() -> str:
    """What looks arranged, open ones first, then what most hangs on."""
    state, sort = request.args.get("state", ""), request.args.get("sort", "")
    if state not in ("", *STATES) or sort not in ("", *SORTS):
        abort(404)
    page = paginate(queries.findings(state, sort), PER_PAGE)
    ids = [finding.id for finding in page.rows]
    own = set(
        db.session.scalars(
            select(FindingMember.finding_id).where(
                FindingMember.finding_id.in_(ids), FindingMember.member_id == current_user.id
            )
        )
    )
    return render_template(
        "guard/findings.html", page=page, people=queries.people_in(ids), own=own, state=state, sort=sort, words=words,
        sorts=SORTS, states=STATES, appeals=queries.count_appeals(), days=settings().guard_days,
    )  # fmt: skip


@bp.get("/moderation/findings/<int:finding_id>")
@moderator_only
def show_finding(finding_id: int) -> str:
    """One finding with its evidence, for everybody who may decide about it."""
    return _page(_find(finding_id))


def _find(finding_id: int, *, to_decide: bool = False) -> Finding:
    finding = commands.take(finding_id) if to_decide else db.session.get(Finding, finding_id)
    if finding is None:
        abort(404)
    # Whom it is about neither decides nor reads who else it is about.
    commands.must_be_unconcerned(finding, current_user)
    return finding


def _page(finding: Finding, refused: Any = None) -> str:
    whole = queries.whole(finding)
    names = {n: m.display_name or m.username for n, m in whole.people.items() if not m.erased_at}
    helpers = {pair.helper for pair in whole.pairs}
    drawing = thanks_drawing(
        [(pair.helped, pair.helper, len(pair.lines)) for pair in whole.pairs],
        names, finding.evidence.get("centre"), helpers if len(helpers) < 4 else (),
    )  # fmt: skip
    moments = [line.at for pair in whole.pairs for line in pair.lines]
    forms: dict[type, Any] = {kind: kind(formdata=None) for kind in (ClearForm, AsideForm, AgainForm)}
    chosen = {pair.key for pair in whole.pairs}
    if refused is not None:
        forms[type(refused)] = refused
        if isinstance(refused, AsideForm):
            chosen = {f"{helped}-{helper}" for helped, helper in refused.chosen}
    return render_template(
        "guard/finding.html", f=finding, whole=whole, drawing=drawing, words=words, clear_form=forms[ClearForm],
        aside_form=forms[AsideForm], again_form=forms[AgainForm], chosen=chosen, refused=refused, now=clock.now(),
        strip=strip.strip(moments), strip_words=strip.in_words(moments),
    )  # fmt: skip


@bp.post("/moderation/findings/<int:finding_id>/clear")
@moderator_only
def clear_finding(finding_id: int) -> Answer:
    """Nothing is wrong."""
    finding, form = _find(finding_id, to_decide=True), ClearForm()
    if not form.validate_on_submit():
        return _page(finding, form), 422
    done = commands.clear(finding, current_user, form.note.data or "")
    return _back(finding, done, "Noted: nothing is wrong. All of it goes on counting.")


@bp.post("/moderation/findings/<int:finding_id>/set-aside")
@moderator_only
def set_aside(finding_id: int) -> Answer:
    """Keep what was chosen from counting."""
    finding, form = _find(finding_id, to_decide=True), AsideForm()
    if not form.validate_on_submit():
        return _page(finding, form), 422
    try:
        done = commands.set_aside(finding, current_user, form.reason.data or "", form.chosen)
    except ValueError as error:
        form.reason.errors = [str(error)]
        return _page(finding, form), 422
    said = f"{done} {'acknowledgement does' if done == 1 else 'acknowledgements do'} not count any more."
    return _back(finding, bool(done), f"{said} Those concerned read your reason, and can appeal once.")


@bp.post("/moderation/findings/<int:finding_id>/count-again")
@moderator_only
def count_again(finding_id: int) -> Answer:
    """Lift what was set aside."""
    finding, form = _find(finding_id, to_decide=True), AgainForm()
    if not form.validate_on_submit():
        return _page(finding, form), 422
    done = commands.count_again(finding, current_user, form.reason.data or "")
    return _back(finding, done, "All of it counts again, and those concerned read why.")


def _back(finding: Finding, done: bool, said: str) -> Answer:
    flash(said if done else LATE, "success" if done else "warning")
    return redirect(url_for("guard.show_finding", finding_id=finding.id), 303)


@bp.get("/moderation/log/findings")
@public
@kept
def show_log() -> str:
    """What was decided about findings, for everybody: of which sort, what, when; not about whom."""
    total, number = queries.count_decided(), page_number()
    last = max(1, -(-total // LOG_PER_PAGE))
    if number > last:
        abort(404)
    rows = list(db.session.execute(queries.log().limit(LOG_PER_PAGE).offset((number - 1) * LOG_PER_PAGE)))
    return render_template("guard/log.html", rows=rows, page=Page(rows, number, last, total), words=words)


def _waiting() -> int:
    """What waits for moderators here, for the queue's head."""
    return queries.count_open() + queries.count_appeals()


bp.add_app_template_global(_waiting, "findings_waiting")
