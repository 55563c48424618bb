"""Staff's pages of rights: what may be used for what, asking for more, and the proof."""

from collections.abc import Iterator
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal import clock
from portal.access import moderator_only
from portal.contributions import consents
from portal.contributions.consents import PURPOSES, WIDER
from portal.contributions.models import Contribution
from portal.csv_files import csv_file
from portal.db import db
from portal.rights import commands, proof, queries
from portal.rights.forms import AskForm
from portal.rights.views import bp
from portal.web import paginate

CSV_PART = 500


@bp.get("/rights/")
@moderator_only
def show_rights() -> str:
    """What may be used beyond this site now, by purpose; or what of it ends soon."""
    purpose, soon = _purpose(), _soon()
    page = paginate(queries.usable(purpose, soon=soon))
    return render_template(
        "rights/list.html", page=page, agreed=queries.agreed_for(page.rows, WIDER), purpose=purpose, soon=soon,
        counted=queries.count_usable(), ending=queries.count_ending(), notice_days=consents.NOTICE_DAYS,
    )  # fmt: skip


@bp.get("/rights/list.csv")
@moderator_only
def take_rights() -> Response:
    """The same as a table, all pages of it, with what proves each line."""
    purpose = _purpose()
    purposes = [purpose] if purpose else WIDER
    rows = [row for part in _parts(purpose, _soon()) for row in proof.rows_of(part, purposes)]
    return csv_file(f"rights-{clock.now():%Y-%m-%d}.csv", proof.HEAD, rows)


@bp.get("/rights/proof/<int:contribution_id>")
@moderator_only
def show_proof(contribution_id: int) -> str:
    """Everything about the rights in one contribution, to read."""
    contribution = _find(contribution_id)
    return render_template(
        "rights/proof.html", c=contribution, facts=proof.proof(contribution),
        questions=queries.questions_about(contribution),
    )  # fmt: skip


@bp.get("/rights/proof/<int:contribution_id>.json")
@moderator_only
def take_proof(contribution_id: int) -> Response:
    """The proof, for programs and for keeping."""
    answer = Response(proof.as_json(proof.proof(_find(contribution_id))), content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="rights-{contribution_id}.json"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.get("/rights/proof/<int:contribution_id>.csv")
@moderator_only
def take_proof_as_table(contribution_id: int) -> Response:
    """The consents of one contribution as a table, those that ended too."""
    rows = proof.rows_of([_find(contribution_id)], PURPOSES, over=True)
    return csv_file(f"rights-{contribution_id}.csv", proof.HEAD, rows)


@bp.route("/rights/ask/<int:contribution_id>", methods=["GET", "POST"])
@moderator_only
def ask(contribution_id: int) -> "str | BaseResponse | tuple[str, int]":
    """Ask a contribution's author for wider rights."""
    contribution, form = _find(contribution_id), AskForm()
    if form.validate_on_submit():
        try:
            commands.ask(contribution, current_user, form.purposes.data or (), form.words.data or "", form.term())
        except commands.CannotAsk as why:
            form.purposes.errors = [str(why)]
        else:
            flash(f"{contribution.author.display_name} is asked. You hear of the answer here and by mail.", "success")
            return redirect(url_for("rights.show_proof", contribution_id=contribution.id), 303)
    # What stands for a while can be asked for with a longer term, so it stays on offer.
    why_not = commands.why_not(contribution, current_user)
    allowed = {key: given for key, given in consents.standing(contribution).items() if key in WIDER}
    page = render_template("rights/ask.html", c=contribution, form=form, why_not=why_not, allowed=allowed)
    return (page, 422) if form.errors else page


@bp.post("/rights/questions/<int:request_id>/withdraw")
@moderator_only
def withdraw(request_id: int) -> BaseResponse:
    """Take an open question back."""
    question = queries.find_question(request_id)
    if question is None:
        abort(404)
    if commands.withdraw(question, current_user):
        flash("The question is taken back.", "success")
    else:
        flash("It was answered or taken back already, so nothing was changed.", "warning")
    return redirect(url_for("rights.show_proof", contribution_id=question.contribution_id), 303)


def _purpose() -> str:
    purpose = request.args.get("purpose", "")
    if purpose not in ("", *WIDER):
        abort(404)
    return purpose


def _soon() -> bool:
    return request.args.get("ends") == "soon"


def _find(contribution_id: int) -> Any:
    contribution = queries.find_shown(contribution_id)
    if contribution is None:
        abort(404)
    return contribution


def _parts(purpose: str, soon: bool) -> Iterator[Any]:
    """All of them, some hundred at a time, so that the memory it takes does not grow with the site."""
    before = None
    while True:
        query = queries.usable(purpose, soon=soon).limit(CSV_PART)
        rows = db.session.scalars(query if before is None else query.where(Contribution.id < before)).all()
        if rows:
            yield rows
        if len(rows) < CSV_PART:
            return
        before = rows[-1].id
