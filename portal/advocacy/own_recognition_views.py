"""A member's own recognition: say yes or no, choose what is shown, rest, step down, show it elsewhere."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.access import member_only
from portal.advocacy import certificates, commands, levels, queries
from portal.advocacy.forms import ShownForm
from portal.advocacy.models import Recognition
from portal.advocacy.views import bp
from portal.config import settings
from portal.members.models import Member


@bp.get("/account/recognition")
@member_only
def show_recognition() -> str:
    """One's own recognition: what it is, what can be done with it, what came before."""
    recognition = queries.open_recognition(current_user)
    shown = ShownForm(
        data={name: getattr(recognition, f"shows_{name}", True) for name in ("numbers", "answers", "about")}
    )
    return render_template(
        "advocacy/recognition.html", recognition=recognition, settings=settings(), shown=shown,
        past=queries.past_recognitions(current_user), holds_from=levels.holds_from, above=levels.above,
        snippet=certificates.snippet(recognition) if recognition and recognition.in_force else "",
    )  # fmt: skip


@bp.post("/account/recognition/accept")
@member_only
def accept_recognition() -> Response:
    """Take it, and say what may be shown."""

    def accept(recognition: Recognition, member: Member) -> bool:
        if not commands.accept(recognition, member):
            return False
        if "chosen" in request.form:
            _choose(recognition, member)
        return True

    return _answer(accept, "Thank you. From now on it stands beside your name.")


@bp.post("/account/recognition/refuse")
@member_only
def refuse_recognition() -> Response:
    """Rather not."""
    return _answer(commands.refuse, "As you wish. Nobody will ask you again for half a year.")


@bp.post("/account/recognition/rest")
@member_only
def rest_recognition() -> Response:
    """Take a pause."""
    return _answer(commands.rest, "You are taking a pause: the mark is off until you want it back.")


@bp.post("/account/recognition/resume")
@member_only
def resume_recognition() -> Response:
    """End the pause."""
    return _answer(commands.resume, "Welcome back. The mark stands beside your name again.")


@bp.post("/account/recognition/step-down")
@member_only
def step_down() -> Response:
    """Take the honour off."""
    return _answer(commands.step_down, "You stepped down. Thank you for all the help you gave.")


@bp.post("/account/recognition/shown")
@member_only
def choose_shown() -> Response:
    """Say what may be shown."""
    recognition = queries.open_recognition(current_user)
    if recognition is None:
        flash("That was not open to you any more, so nothing was changed.", "warning")
    else:
        _choose(recognition, current_user)
        flash("Saved. It holds from now on.", "success")
    return redirect(url_for("advocacy.show_recognition"), 303)


def _choose(recognition: Recognition, member: Member) -> bool:
    form = ShownForm()
    chosen = {"numbers": form.numbers.data, "answers": form.answers.data, "about": form.about.data}
    return commands.choose_shown(recognition, member, **chosen)


def _answer(command: Callable[[Recognition, Member], bool], done: str) -> Response:
    recognition = queries.open_recognition(current_user)
    if recognition is not None and command(recognition, current_user):
        flash(done, "success")
    else:
        flash("That was not open to you any more, so nothing was changed.", "warning")
    return redirect(url_for("advocacy.show_recognition"), 303)
