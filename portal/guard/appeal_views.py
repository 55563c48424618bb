"""Appeals against what was set aside: another moderator reads and answers them."""

from flask import abort, flash, redirect, render_template, url_for
from flask_login import current_user

from portal.access import moderator_only
from portal.guard import appeals, words
from portal.guard.blueprint import Answer, bp
from portal.guard.forms import AnswerForm

LATE = "Somebody answered this before you, so your answer changed nothing."


@bp.get("/moderation/findings/appeals")
@moderator_only
def show_appeals() -> str:
    """Appeals that the reader may answer, the oldest first."""
    return _page(0, AnswerForm(formdata=None))


def _page(refused: int, form: AnswerForm) -> str:
    return render_template(
        "guard/appeals.html", waiting=appeals.waiting(current_user), form=form, refused=refused, words=words
    )


@bp.post("/moderation/findings/appeals/<int:finding_appeal_id>/uphold")
@moderator_only
def uphold_appeal(finding_appeal_id: int) -> Answer:
    """The member was right: what concerns them counts again, or all of it."""
    return _answer(finding_appeal_id, True, "The appeal was right, and it counts again.")


@bp.post("/moderation/findings/appeals/<int:finding_appeal_id>/decline")
@moderator_only
def decline_appeal(finding_appeal_id: int) -> Answer:
    """It stays set aside, for a reason."""
    return _answer(finding_appeal_id, False, "It stays set aside; the member reads your reason.")


def _answer(appeal_id: int, upheld: bool, said: str) -> Answer:
    asked, form = appeals.take(appeal_id), AnswerForm()
    if asked is None:
        abort(404)
    appeals.must_be_another(asked, current_user)
    text = form.words.data or ""
    if not form.validate_on_submit() or not (upheld or text.strip()):
        form.words.errors = form.words.errors or ["Please say why it stays set aside: the member reads it."]
        return _page(appeal_id, form), 422
    done = appeals.answer(appeal_id, current_user, upheld, text, bool(form.everything.data))
    flash(said if done else LATE, "success" if done else "warning")
    return redirect(url_for("guard.show_appeals"), 303)
