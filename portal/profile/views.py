"""A member's own pages: settings, profile, mail, contributions, taking one's data out, leaving."""

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal import clock
from portal.access import member_only
from portal.config import settings
from portal.contributions.writing import must_write
from portal.media.forms import prepare_unhurried
from portal.media.intake import PictureRefused
from portal.members import passwords, sessions, standing, throttle
from portal.members.account import Answer, bp
from portal.moderation.openness import in_words, usual_wait
from portal.profile import commands, export, queries
from portal.profile.forms import EraseForm, MailForm, ProfileForm


@bp.get("/")
@member_only
def show_account() -> str:
    """Everything a member can set, in one place."""
    mail = MailForm(formdata=None, obj=current_user)
    return render_template("profile/account.html", mail=mail, origin_days=settings().score_origin_days)


@bp.route("/profile", methods=["GET", "POST"])
@member_only
def edit_profile() -> Answer:
    """What stands beside one's name; the picture can come along without a script."""
    must_write(current_user)
    form = ProfileForm(obj=None if request.method == "POST" else current_user)
    if not form.validate_on_submit() or not _save(form):
        page = render_template("profile/edit_profile.html", form=form)
        return (page, 422) if form.errors else page
    flash("Your profile is saved.", "good")
    return redirect(url_for("members.show_member", username=current_user.username), 303)


def _save(form: ProfileForm) -> bool:
    upload = form.portrait.data
    try:
        # Decoding comes first: nothing has been changed until then, so nobody waits for the database.
        prepared = prepare_unhurried(current_user, upload) if upload and upload.filename else None
        if prepared is not None or form.no_portrait.data:
            commands.show_portrait(current_user, prepared)
    except PictureRefused as refused:
        form.portrait.errors = [str(refused)]
        return False
    try:
        commands.save_profile(current_user, **{name: form[name].data or "" for name in commands.PROFILE})
    except standing.Refused as refused:
        form.display_name.errors = [str(refused)]
        return False
    return True


@bp.post("/mail")
@member_only
def choose_mail() -> BaseResponse:
    """Which mail to get."""
    form = MailForm()
    commands.choose_mail(
        current_user, replies=form.mail_replies.data, thanks=form.mail_thanks.data,
        recognition=form.mail_recognition.data, digest=form.mail_digest.data,
    )  # fmt: skip
    flash("We will write to you about just that.", "good")
    return redirect(url_for("account.show_account"), 303)


@bp.get("/contributions")
@member_only
def list_own_contributions() -> str:
    """What one has published, what waits, what came back, and what was typed and not sent."""
    counts = queries.count_by_state(current_user)
    state = request.args.get("state", "")
    state = state if state in counts else ""
    total = counts.get(state) if state else sum(n for name, n in counts.items() if name != "removed")
    page = queries.own(current_user, state, total or 0)
    places = queries.places_in_queue(page.rows)
    return render_template(
        "profile/contributions.html",
        page=page,
        state=state,
        counts=counts,
        decisions=queries.last_decisions(page.rows),
        queue_places=places,
        usual_wait=in_words(usual_wait()) if places else None,
        typed=queries.drafts_typed(current_user) if page.number == 1 and not state else [],
    )


@bp.get("/export")
@member_only
def show_export() -> str:
    """What can be taken out, and in which form."""
    return render_template("profile/export.html")


@bp.get("/export/data.json")
@member_only
def take_data() -> Response:
    """All rows that are one's own."""
    throttle.count_export(current_user.id)
    answer = Response(export.as_json(current_user), mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{_file_name()}.json"'
    return _not_kept(answer)


@bp.get("/export/everything.zip")
@member_only
def take_everything() -> Response:
    """The same with the pictures."""
    throttle.count_export(current_user.id)
    room = export.spooled()
    export.as_zip(current_user, room)
    room.seek(0)
    answer = send_file(room, mimetype="application/zip", as_attachment=True, download_name=f"{_file_name()}.zip")
    return _not_kept(answer)


def _file_name() -> str:
    return f"{current_user.username}-{clock.now():%Y-%m-%d}"


def _not_kept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.route("/erase", methods=["GET", "POST"])
@member_only
def erase_account() -> Answer:
    """Leave for good; the password is asked for, and the box must be ticked."""
    form = EraseForm()
    if form.validate_on_submit() and _erase(form):
        sessions.end_session()
        flash("Your account is erased. Thank you for having been here.", "info")
        return redirect("/", 303)
    page = render_template("profile/erase.html", form=form)
    return (page, 422) if form.errors else page


def _erase(form: EraseForm) -> bool:
    throttle.count_password_check(current_user.id)
    sessions.let_go()
    if not passwords.matches(current_user.password_hash, form.current_password.data or ""):
        form.current_password.errors = ["This is not your password."]
        return False
    try:
        commands.erase_member(current_user, keep_contributions=form.contributions.data == "keep")
    except standing.Refused as refused:
        form.current_password.errors = [str(refused)]
        return False
    return True
