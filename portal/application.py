"""Flask and its templates as the house uses them: without what they do anew each time though it is always the same."""

from collections.abc import Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from flask import Flask, Response
from flask.templating import Environment
from werkzeug.datastructures import Headers
from werkzeug.routing import Rule

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class Templates(Environment):
    """All templates share one dictionary of globals, where Jinja layers an empty one over it for each.

    Every include and import of a page copies and compares the names in it, which takes a tenth of the
    page's time through those layers.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template: the environment's, and `d` over them if there is any."""
        return super().make_globals(d) if d else self.globals


class Address(Rule):
    """An address whose builder is made when the first such address is built: making all 400 was a tenth of a start."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        make, name = super()._compile_builder, "_build_unknown" if append_unknown else "_build"

        def build(rule: Rule, **values: Any) -> tuple[str, str]:
            made: Any = make(append_unknown)
            setattr(rule, name, made.__get__(rule, None))
            built: tuple[str, str] = made(rule, **values)
            return built

        return build


class Answer(Response):
    """As Flask's, but that the headers of a whole page go out as they are. Werkzeug copies and checks each once more,
    for what a page has not: an address it leads to, a status without a body."""

    def get_wsgi_headers(self, environ: "WSGIEnvironment") -> Headers:
        """Those that go out."""
        if self.status_code == 200 and self.is_sequence and "Content-Length" in self.headers:
            return self.headers
        return super().get_wsgi_headers(environ)


class Portal(Flask):
    """The application. All that it calls is called plainly: none of our functions is a coroutine."""

    jinja_environment = Templates
    # However many templates there are, all are kept; else Jinja keeps 400, and at each look puts one in front of 399.
    jinja_options: dict[str, Any] = {"cache_size": -1}  # noqa: RUF012 - as Flask declares it
    url_rule_class = Address
    response_class = Answer

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """`func` as it is. Flask looks at it before each of its sixteen calls a request."""
        return func
