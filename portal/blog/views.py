"""The pages of the blog."""

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from portal import text as texts
from portal.access import member_only, public
from portal.blog import commands, queries
from portal.blog.forms import ArticleForm
from portal.blog.models import Article
from portal.contributions import drafts, screening
from portal.contributions.queries import find
from portal.contributions.thread import thread_of
from portal.contributions.writing import already_sent, must_be_editable, must_write, rendered
from portal.db import db
from portal.media.forms import SentPictures, sent_pictures
from portal.media.queries import with_pictures
from portal.pages.judging import kept
from portal.web import paginate

bp = Blueprint("blog", __name__)


@bp.get("/blog/")
@public
@kept
def show_blog() -> str:
    """All articles, newest first."""
    tag = request.args.get("tag", "")[:40]
    return render_template("blog/articles.html", page=paginate(queries.articles(tag), 12), tag=tag)


@bp.get("/blog/<slug>")
@public
@kept
def show_article(slug: str) -> "str | Response":
    """One article with its replies; a former address leads to the present one."""
    article = queries.find_article(slug, current_user)
    if article is None:
        moved = queries.moved_to(slug, current_user)
        if moved is None:
            abort(404)
        return redirect(moved.address, 301)
    return render_template("blog/article.html", article=article, thread=thread_of(article, current_user))


@bp.route("/blog/new", methods=["GET", "POST"])
@member_only
def write_article() -> "str | Response | tuple[str, int]":
    """Write an article."""
    typed = drafts.typed(current_user, "article:new") if request.method == "GET" else {}
    return _compose(ArticleForm(data=typed or {"title": drafts.begun_title()}), None, bool(typed))


@bp.route("/blog/<int:article_id>/edit", methods=["GET", "POST"])
@member_only
def edit_article(article_id: int) -> "str | Response | tuple[str, int]":
    """Change an article."""
    article = find(article_id, current_user, with_pictures())
    if not isinstance(article, Article):
        abort(404)
    must_be_editable(article, current_user)
    before = {
        "title": article.title,
        "summary": article.summary,
        "source": article.source,
        "tags": ", ".join(t.name for t in article.tags),
    }
    return _compose(ArticleForm(data=before), article)


def _compose(form: ArticleForm, article: Article | None, restored: bool = False) -> "str | Response | tuple[str, int]":
    must_write(current_user)
    own = article is None or article.author_id == current_user.id
    if request.method == "POST" and own:
        sent = sent_pictures(current_user, at_most=1)
    else:
        sent = SentPictures(pictures=[p for p in article.pictures if not p.in_text] if article else [])
    if request.method == "GET":
        return _form_page(form, sent, article, restored=restored)
    if article is None and "discard_draft" in request.form:
        drafts.discard(current_user, "article:new")
        return redirect(url_for("blog.write_article"), 303)
    if "preview" in request.form:
        return _preview(form, sent, article)
    twin = already_sent(current_user, form.key()) if article is None else None
    if twin is not None:
        return redirect(twin.address, 303)
    kept = 200 if sent.pictures else 422  # an answer below 400 keeps the pictures that came along
    if not form.validate():
        return _form_page(form, sent, article, kept)
    if sent.errors or sent.without_alt:
        form.files.errors = [" ".join(sent.errors) or "Please say in a few words what the picture shows."]
        return _form_page(form, sent, article, kept)
    words = {name: form[name].data or "" for name in ("title", "summary", "source", "tags")}
    try:
        with db.session.begin_nested():
            if article is None:
                done = commands.write_article(
                    current_user, **words, tokens=sent.tokens, alts=sent.alts, submission_key=form.key()
                )
            else:
                commands.edit_article(article, current_user, **words, tokens=sent.tokens, alts=sent.alts)
                done = article
    except (screening.Refused, texts.TextTooLong) as refused:
        form.source.errors = [*form.source.errors, str(refused)]
        return _form_page(form, sent, article, kept)
    except IntegrityError:
        twin = already_sent(current_user, form.key())
        if twin is None:
            raise
        return redirect(twin.address, 303)
    if article is None:
        drafts.discard(current_user, "article:new")
    return redirect(done.address, 303)


def _preview(form: ArticleForm, sent: SentPictures, article: Article | None) -> tuple[str, int]:
    """How the text will look, for browsers without scripts; what was typed is kept meanwhile."""
    try:
        preview = rendered(form.source.data or "")
        if article is None:
            drafts.keep(current_user, "article:new", request.form)
    except (texts.TextTooLong, drafts.NotKept) as refused:
        form.source.errors = [str(refused)]
        return _form_page(form, sent, article, 200 if sent.pictures else 422)
    return _form_page(form, sent, article, preview=preview)


def _form_page(
    form: ArticleForm, sent: SentPictures, article: Article | None, status: int = 200, **context: Any
) -> tuple[str, int]:
    pictures = [
        {"token": p.token, "preview_url": p.preview_url, "alt": sent.alts.get(p.token, p.alt)} for p in sent.pictures
    ]
    page = render_template("blog/article_form.html", form=form, pictures=pictures, article=article, **context)
    return page, status
