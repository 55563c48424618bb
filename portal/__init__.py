"""Portal: the community a company runs for its customers. This is where the house is put together."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from flask import Flask


def create_app(**overrides: Any) -> Flask:
    """The application, from the environment and `overrides` (names of Settings attributes).

    Raises config.SettingsError when a setting cannot be used.
    """
    # Here rather than above, so that a command first says how to start (portal/starting.py).
    from werkzeug.middleware.proxy_fix import ProxyFix

    from portal import config, db, errors, fragments, logs, one_by_one, pages, redis_client, static_files, web
    from portal.application import Portal
    from portal.watching import keeping, slow

    s = config.load(**overrides)
    app = Portal("portal", static_folder=None)
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
    redis_client.init_app(app)
    db.init_app(app, s.database_url)
    pages.init_app(app)
    web.init_app(app)
    errors.init_app(app)
    one_by_one.init_app(app)
    static_files.init_app(app)
    fragments.init_app(app)
    _rooms(app)
    slow.init_app(app)
    pages.keep(app, seen=app.extensions["portal.gathering"].add_view)
    keeping.init_app(app)  # outermost: a process that gives out kept pages alone counts them too
    return app


ROOMS = (
    "front", "members", "profile", "contributions", "forum", "blog", "stories", "media", "moderation", "search",
    "advocacy", "guard", "helping", "insights", "notifications", "feeds", "admin", "rights", "backups",
    "watching",
)  # fmt: skip
"""Those with pages. Whatever module of a room is named `…views` has views; a blueprint it names `bp` is the room's."""


def _rooms(app: Flask) -> None:
    from portal import frame, gauges, models, reactions  # noqa: F401 (models: so that every table is known)
    from portal.contributions import gathering
    from portal.feeds import describing
    from portal.members import account, sessions
    from portal.notifications import dev_mail
    from portal.watching.standing import GAUGES

    app.extensions["portal.reactions"] = reactions.FOLLOWED
    app.extensions[GAUGES] = gauges.SOURCES
    sessions.init_app(app)
    gathering.init_app(app)
    frame.init_app(app)
    describing.init_app(app)
    views = [import_module(name) for room in ROOMS for name in _modules_with_views(room)]
    # In the order in which they were found, each once: modules of a room share its blueprint.
    for blueprint in dict.fromkeys(module.bp for module in [*views, account, dev_mail] if hasattr(module, "bp")):
        app.register_blueprint(blueprint)


def _modules_with_views(room: str) -> list[str]:
    package = import_module(f"portal.{room}")
    return [f"portal.{room}.{m.name}" for m in iter_modules(package.__path__) if m.name.endswith("views")]
