"""Portal: the community a company runs for its customers. This is where the house is put together."""

from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import config, db, errors, logs, static_files, web


def create_app(**overrides: Any) -> Flask:
    """The application, from the environment and `overrides` (names of Settings attributes).

    Raises config.SettingsError when a setting cannot be used.
    """
    s = config.load(**overrides)
    app = Flask("portal", static_folder=None)
    app.extensions["portal.settings"] = s
    app.config.update(
        SECRET_KEY=s.secret_key,
        TESTING=s.testing,
        MAX_CONTENT_LENGTH=s.picture_max_bytes * s.pictures_per_contribution + 1_000_000,
        MAX_FORM_MEMORY_SIZE=4 * s.text_max_chars + 500_000,
        MAX_FORM_PARTS=500,
        SESSION_COOKIE_NAME="portal",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=s.secure_cookies,
        WTF_CSRF_TIME_LIMIT=None,  # a form is valid as long as its session is
        RATELIMIT_STORAGE_URI=s.redis_url or "memory://",
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    s.data_dir.mkdir(parents=True, exist_ok=True)
    if s.trusted_proxies:
        n = s.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    logs.init_app(app)
    db.init_app(app, s.database_url)
    web.init_app(app)
    errors.init_app(app)
    static_files.init_app(app)
    _rooms(app)
    return app


def _rooms(app: Flask) -> None:
    from portal import frame, models, reactions  # noqa: F401 (models: so that every table is known)
    from portal.admin import views as admin
    from portal.advocacy import views as advocacy
    from portal.blog import views as blog
    from portal.contributions import trust_views  # noqa: F401 (more views of the blueprint `contributions`)
    from portal.contributions import views as contributions
    from portal.feeds import describing
    from portal.feeds import views as feeds
    from portal.forum import views as forum
    from portal.front import views as front
    from portal.media import views as media
    from portal.members import account, sessions
    from portal.members import views as members
    from portal.moderation import (  # noqa: F401 (views of `moderation`)  # noqa: F401 (and these)  # noqa: F401 (and these)
        appeal_views,
        member_report_views,
        member_views,
        picture_views,
        quality_views,
        rule_views,
        work_views,
    )
    from portal.moderation import views as moderation
    from portal.notifications import dev_mail
    from portal.notifications import views as notifications
    from portal.profile import views as profile  # noqa: F401 (more views of the blueprint `account`)
    from portal.rights import staff_views  # noqa: F401 (more views of the blueprint `rights`)
    from portal.rights import views as rights
    from portal.search import views as search
    from portal.stories import challenge_views, deciding_views, invitation_views, photo_views  # noqa: F401 (more views of the blueprint `stories`)  # noqa: F401 (and these)
    from portal.stories import views as stories

    app.extensions["portal.reactions"] = reactions.FOLLOWED
    sessions.init_app(app)
    frame.init_app(app)
    describing.init_app(app)
    for room in (
        front, members, account, contributions, forum, blog, stories, media, moderation, search,
        advocacy, notifications, dev_mail, feeds, admin, rights,
    ):  # fmt: skip
        app.register_blueprint(room.bp)
