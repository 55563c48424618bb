"""The round of a form that shows pictures: stories and photo submissions are made and changed by it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from flask import abort, redirect, render_template, request
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from portal import text as texts
from portal.config import settings
from portal.contributions import consents, drafts, lifecycle, screening
from portal.contributions.models import Contribution
from portal.contributions.queries import find
from portal.contributions.writing import already_sent, edit_of, must_be_editable, must_write
from portal.db import db
from portal.media.forms import ALT_MAX_CHARS, SentPictures, sent_pictures
from portal.media.queries import find_own, with_pictures
from portal.members.models import Member
from portal.stories import queries
from portal.stories.arranging import arrange
from portal.stories.commands import must_be_customer
from portal.stories.forms import ShownForm

Page = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Shown:
    """What a kind of contribution that shows pictures fills in."""

    kind: str
    """`story` or `photo`: the page is stories/<kind>_form.html, the draft of a new one is kept as `<kind>:new`."""
    form: type[ShownForm]
    words: tuple[str, ...]
    """The fields whose text goes to the commands and into the draft."""
    make: Callable[..., Contribution]
    """make(author, **words, product_id, tags, tokens, alts, submission_key, **more) submits a new one."""
    change: Callable[..., None]
    """change(contribution, **words, product_id, tags, tokens, alts, **more) changes one."""
    more: Callable[[Any, SentPictures], dict[str, Any]] = lambda form, sent: {}
    """What else the commands are given, from the form and the pictures that were sent."""
    more_new: Callable[[Any], dict[str, Any]] = lambda form: {}
    """What only `make` is given."""
    context: Callable[[Any, Any], dict[str, Any]] = lambda form, contribution: {}
    """What else the page of the form needs."""
    typed: Callable[[Any, str], Any] = getattr
    """typed(contribution, name): what the form shows of one that is changed."""
    named: Mapping[str, str] | None = None
    """Fields that the contribution calls by another name: field → attribute."""
    needs_pictures: bool = False
    what: Any = Contribution
    """The kind's class, so that its columns come in the same query."""
    load: tuple[Any, ...] = ()
    """What else to load with one that is changed."""
    preview: Callable[[Any, Any, SentPictures], Any] | None = None
    """Shows what the form holds without sending it; given the form, the contribution and the pictures."""
    then: Callable[[Contribution], Page] = lambda done: redirect(done.address, 303)
    """Where it leads once all is kept."""


def make_new(shown: Shown, **preset: Any) -> Page:
    """The page of a new one, and what becomes of it; `preset` fills fields of the empty form."""
    return _compose(shown, shown.form(data=preset), None)


def change_old(shown: Shown, contribution_id: int) -> Page:
    """The page that changes one, or sends it again after it was returned."""
    contribution = found(contribution_id, shown.kind, shown.what, *shown.load)
    must_be_editable(contribution, current_user)
    return _compose(shown, shown.form(data=_typed(shown, contribution)), contribution)


def found(contribution_id: int, kind: str, what: Any = Contribution, *options: Any) -> Any:
    """The contribution of that kind with its pictures; the rest as for `find`. Aborts with 404, raises Gone."""
    contribution = find(contribution_id, current_user, with_pictures(), *options, what=what)
    if contribution is None or contribution.kind != kind:
        abort(404)
    return contribution


def _compose(shown: Shown, form: ShownForm, contribution: Any) -> Page:
    must_write(current_user)
    if contribution is None:
        must_be_customer(current_user)
    if contribution is not None and contribution.author_id != current_user.id:
        form.without_consents()
    draft = f"{shown.kind}:new" if contribution is None else ""
    # Pictures come first: they are kept even when the words are sent back for something.
    owner = contribution.author if contribution is not None else current_user
    posted = request.method == "POST" and owner.id == current_user.id
    sent = sent_pictures(owner) if posted else _as_before(contribution)
    offered = [(0, "None in particular"), *((p.id, p.name) for p in queries.products())]
    form.product.choices = [SelectChoice(str(value), label) for value, label in offered]
    if request.method == "GET":
        kept = drafts.typed(current_user, draft) if draft else {}
        restored = _put_back(shown, form, kept)
        lost = _pictures_back(sent, kept, owner)
        return _form_page(
            shown, form, sent, contribution, restored=restored or bool(sent.pictures and kept), kept=kept, lost=lost
        )
    if draft and "discard_draft" in request.form:
        drafts.discard(current_user, draft)
        return redirect(request.full_path.rstrip("?"), 303)
    twin = already_sent(current_user, form.key()) if contribution is None else None
    if twin is not None:
        return redirect(twin.address, 303)
    if arrange(sent, request.form):
        form.files.errors = sent.errors
        return _form_page(shown, form, sent, contribution)
    if shown.preview is not None and "preview" in request.form:
        try:
            return _form_page(shown, form, sent, contribution, preview=shown.preview(form, contribution, sent))
        except texts.TextTooLong:
            pass  # validation says so beside the field
    # All that is missing is said in one round: the words, the consents, and what the pictures show.
    valid, problem = form.validate(), _pictures_problem(shown, sent)
    if problem:
        form.files.errors = [*form.files.errors, problem]  # type: ignore[attr-defined]
    if problem or not valid:
        return _form_page(shown, form, sent, contribution, 200 if sent.pictures else 422)
    try:
        with db.session.begin_nested():
            done = _save(shown, form, contribution, current_user, sent)
    except (screening.Refused, texts.TextTooLong) as refused:
        form.title.errors = [*form.title.errors, str(refused)]  # type: ignore[attr-defined]
        return _form_page(shown, form, sent, contribution, 200 if sent.pictures else 422)
    except IntegrityError:
        twin = already_sent(current_user, form.key())
        if twin is None:
            raise
        done = twin
    if draft:
        drafts.discard(current_user, draft)
    return shown.then(done)


def _save(shown: Shown, form: ShownForm, contribution: Any, member: Member, sent: SentPictures) -> Contribution:
    """Make or change what the form holds. Raises NotAllowed, screening.Refused."""
    given: dict[str, Any] = {
        **{name: form[name].data or "" for name in shown.words},
        "product_id": form.product.data or None,
        "tags": form.tags.data or "",
        "tokens": sent.tokens,
        "alts": sent.alts,
        **shown.more(form, sent),
    }
    if contribution is None:
        made = shown.make(member, **given, **shown.more_new(form), submission_key=form.key())
        consents.record_choices(made, form.choices())
        return made
    with edit_of(contribution, member, form["why"].data or "" if "why" in form else "") as edit:
        shown.change(contribution, **given)
        edit.touched = True
    if member.id == contribution.author_id:
        consents.record_choices(contribution, form.choices())
        lifecycle.submit(contribution)  # changes nothing unless it was returned or is a draft
    changed: Contribution = contribution
    return changed


def _typed(shown: Shown, contribution: Any) -> dict[str, Any]:
    """What the form shows when a contribution is opened for editing; its consent was given already."""
    attribute = shown.named or {}
    return {
        **{name: shown.typed(contribution, attribute.get(name, name)) for name in shown.words},
        "product": contribution.product_id or 0,
        "tags": ", ".join(t.name for t in contribution.tags),
        "agrees_site": True,
        "agrees_people": True,
        **dict.fromkeys(("shows_minors", "agrees_guardian"), "guardian" in consents.standing(contribution)),
    }


def _put_back(shown: Shown, form: ShownForm, kept: Mapping[str, str]) -> bool:
    """Put a draft into the form, except for what was agreed to: that is asked anew. Says whether there was one."""
    words = {name: value for name, value in kept.items() if name in (*shown.words, "product", "tags")}
    drafts.put_back(form, words)
    return any(value.strip() for name, value in words.items() if name != "product")


def _pictures_back(sent: SentPictures, kept: Mapping[str, str], owner: Member) -> int:
    """Bring back the pictures of a draft with what was said about them; says how many are gone meanwhile."""
    most = settings().pictures_per_contribution
    tokens = list(dict.fromkeys(kept.get("pictures", "").split()))[:most]
    if not tokens:
        return 0
    sent.pictures = [picture for picture in find_own(tokens, owner) if picture.contribution_id is None]
    for token in sent.tokens:
        sent.alts[token] = texts.clean_line(kept.get(f"alt-{token}", ""))[:ALT_MAX_CHARS]
    return len(tokens) - len(sent.pictures)


def _pictures_problem(shown: Shown, sent: SentPictures) -> str:
    if sent.errors:
        return " ".join(sent.errors)
    if shown.needs_pictures and not sent.pictures:
        return "Please add at least one picture."
    if sent.without_alt:
        return "Please say in a few words what each picture shows, for people who can't see it."
    return ""


def _as_before(contribution: Any) -> SentPictures:
    if contribution is None:
        return SentPictures()
    return SentPictures(pictures=[p for p in contribution.pictures if not p.in_text])


def _form_page(
    shown: Shown, form: ShownForm, sent: SentPictures, contribution: Any, status: int = 200, restored: bool = False,
    preview: Any = None, kept: Mapping[str, str] = MappingProxyType({}), lost: int = 0,
) -> tuple[str, int]:  # fmt: skip
    pictures = [
        {
            "token": p.token, "preview_url": p.preview_url, "alt": sent.alts.get(p.token, p.alt),
            "part": request.form.get(f"part-{p.token}", kept.get(f"part-{p.token}", p.part)),
        }
        for p in sent.pictures
    ]  # fmt: skip
    page = render_template(
        f"stories/{shown.kind}_form.html", form=form, pictures=pictures, contribution=contribution,
        known_tags=queries.known_tags(), most=settings().pictures_per_contribution, restored=restored, preview=preview,
        lost=lost,
        own=contribution is None or contribution.author_id == current_user.id,
        **shown.context(form, contribution),
    )  # fmt: skip
    return page, status
