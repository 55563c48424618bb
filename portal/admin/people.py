"""Members as an admin sees them: roles, suspension, verification; and the customer list."""

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import admin_only
from portal.admin import queries
from portal.admin.forms import CustomersForm, ReasonForm, VerifyForm
from portal.admin.views import Answer, bp
from portal.contributions.queries import LARGEST_ID
from portal.db import db
from portal.forum.models import Board
from portal.members import measures, standing
from portal.members.customers import decoded, import_customers
from portal.members.models import BOARD_ROLES, ROLES, Member
from portal.web import paginate

LARGEST_LIST = 5_000_000
"""Bytes of a customer list: some hundred thousand lines."""


@bp.get("/members")
@admin_only
def list_members() -> str:
    """Members by name, e-mail address or organisation."""
    q, show = request.args.get("q", ""), request.args.get("show", "")
    page = paginate(queries.members(q, show))
    return render_template("admin/members.html", page=page, q=q[:60], show=show, shown=queries.SHOWN)


@bp.get("/members/<int:member_id>")
@admin_only
def show_member(member_id: int) -> str:
    """One member, with what can be done and what was done."""
    return _member_page(_find(member_id), ReasonForm(formdata=None), VerifyForm(formdata=None))


def _member_page(member: Member, reason: ReasonForm, how: VerifyForm) -> str:
    return render_template(
        "admin/member.html", member=member, roles=ROLES, reason=reason, how=how,
        grants=queries.grants(member), board_roles=queries.board_roles(member), suspensions=queries.suspensions(member),
    )  # fmt: skip


@bp.post("/members/<int:member_id>/role")
@admin_only
def change_role(member_id: int) -> Response:
    """Give (`granted=1`) or take (`granted=0`) one role."""
    member, role, granted = _find(member_id), request.form.get("role", ""), request.form.get("granted", "")
    if role not in ROLES or granted not in ("0", "1"):
        abort(400)
    change = standing.grant_role if granted == "1" else standing.revoke_role
    return _do(member, lambda: change(member, role, current_user))


@bp.post("/members/<int:member_id>/board")
@admin_only
def name_for_board(member_id: int) -> Response:
    """Let a member look after one board, as `moderator` or `helper`; an empty role takes it away."""
    member, role, board = _find(member_id), request.form.get("role", ""), request.form.get("board", "")
    known = db.session.get(Board, int(board)) if board.isascii() and board.isdigit() and len(board) < 10 else None
    if role not in ("", *BOARD_ROLES) or known is None:
        abort(400)
    return _do(member, lambda: standing.name_for_board(member, known.id, role, current_user))


@bp.post("/members/<int:member_id>/suspend")
@admin_only
def suspend(member_id: int) -> Answer:
    """Keep a member from writing, with a reason."""
    member, form = _find(member_id), ReasonForm()
    if not form.validate_on_submit():
        return _member_page(member, form, VerifyForm(formdata=None)), 422
    return _do(member, lambda: measures.suspend(member, current_user, form.why.data or ""))


@bp.post("/members/<int:member_id>/reinstate")
@admin_only
def reinstate(member_id: int) -> Response:
    """Let a suspended member write again."""
    member = _find(member_id)
    return _do(member, lambda: measures.reinstate(member, current_user))


@bp.post("/members/<int:member_id>/verify")
@admin_only
def verify(member_id: int) -> Answer:
    """Mark a member as a verified customer, saying how it was confirmed."""
    member, form = _find(member_id), VerifyForm()
    if not form.validate_on_submit():
        return _member_page(member, ReasonForm(formdata=None), form), 422
    return _do(member, lambda: standing.verify(member, current_user, form.how.data or ""))


@bp.post("/members/<int:member_id>/unverify")
@admin_only
def unverify(member_id: int) -> Response:
    """Take a mistaken verification back."""
    member = _find(member_id)
    return _do(member, lambda: standing.unverify(member, current_user))


@bp.route("/customers", methods=["GET", "POST"])
@admin_only
def import_list() -> Answer:
    """Take in a customer list, pasted or as a file; what came of it is counted on the same page."""
    form, result = CustomersForm(), None
    if form.validate_on_submit():
        upload = form.file.data
        data = upload.read(LARGEST_LIST + 1) if upload and upload.filename else b""
        text = "\n".join(part for part in (form.lines.data or "", decoded(data)) if part.strip())
        if len(data) > LARGEST_LIST:
            form.file.errors = ["This file is larger than 5 MB. Split it, and import one part after the other."]
        elif not text:
            form.lines.errors = ["Please paste some lines, or choose a file."]
        else:
            result = import_customers(text, current_user)
    page = render_template("admin/customers.html", form=form, result=result, numbers=queries.numbers())
    return (page, 422) if form.errors else page


def _do(member: Member, change: Callable[[], bool]) -> Response:
    try:
        flash("Done." if change() else "It was so already.", "good")
    except standing.Refused as refused:
        flash(str(refused), "bad")
    return redirect(url_for("admin.show_member", member_id=member.id), 303)


def _find(member_id: int) -> Member:
    member = db.session.get(Member, member_id) if member_id <= LARGEST_ID else None
    if member is None or member.erased_at is not None:
        abort(404)
    return member
