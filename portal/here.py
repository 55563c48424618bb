"""What is at work in this thread, itself. Flask's stand-ins for it look it up at each attribute they are asked for.

For what every request goes through, where that takes longer than what is asked; a view asks the stand-ins.
"""

from typing import Any

import flask
from flask import Flask, Request
from flask.ctx import _AppCtxGlobals


def app() -> Flask:
    """The application; RuntimeError where none is at work."""
    found: Any = flask.current_app
    itself: Flask = found._get_current_object()
    return itself


def g() -> _AppCtxGlobals:
    """What belongs to this request, or command; RuntimeError where no application is at work."""
    found: Any = flask.g
    itself: _AppCtxGlobals = found._get_current_object()
    return itself


def request() -> Request:
    """The request; RuntimeError outside of one."""
    found: Any = flask.request
    itself: Request = found._get_current_object()
    return itself
