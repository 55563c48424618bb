"""The templates' environment: Flask's, without what Jinja does anew at each page for those who change it."""

from collections.abc import MutableMapping
from typing import Any

from flask import Flask
from flask.templating import Environment


class Templates(Environment):
    """All templates share one dictionary of globals, where Jinja layers an empty one over it for each.

    Every include and import of a page copies and compares the names in it, which takes a tenth of the
    page's time through those layers.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template: the environment's, and `d` over them if there is any."""
        return super().make_globals(d) if d else self.globals


def init_app(app: Flask) -> None:
    """Let `app` render with it. Comes before anything touches `app.jinja_env`."""
    app.jinja_environment = Templates
