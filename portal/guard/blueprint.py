"""The guard's blueprint, which its modules with views share."""

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("guard", __name__)
Answer = str | tuple[str, int] | Response
