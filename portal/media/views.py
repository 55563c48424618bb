"""Sending a picture, and looking at one: privately while it waits, publicly once it is published."""

import re
from io import BytesIO

from flask import Blueprint, Response, abort, jsonify, redirect, request, send_file, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as BaseResponse

from portal.access import member_only, public
from portal.contributions.writing import must_write
from portal.media import commands, files, queries
from portal.media.derivatives import TYPES
from portal.media.forms import prepare_unhurried
from portal.media.intake import PictureRefused
from portal.media.models import Picture
from portal.media.showing import PREVIEW_WIDTH, nearest
from portal.media.storage import storage

bp = Blueprint("media", __name__)

SIZE = re.compile(r"(\d{1,4}|preview)(?:\.(webp|jpg))?")
SANDBOX = "default-src 'none'; sandbox"
"""Should a browser ever take a picture's bytes for a page, that page can do nothing."""
FOR_EVER = "public, max-age=31536000, immutable"


@bp.post("/pictures/")
@member_only
def receive_picture() -> tuple[Response, int]:
    """One file, in the field `file`; JSON for scripts: its token and a preview, or 422 and a sentence."""
    must_write(current_user)
    upload = request.files.get("file")
    if upload is None:
        return jsonify(error="No file arrived. Please choose a picture."), 422
    try:
        picture = commands.keep_picture(current_user, prepare_unhurried(upload))
    except PictureRefused as refused:
        return jsonify(error=str(refused), reason=refused.reason), 422
    return jsonify(
        token=picture.token,
        preview_url=picture.preview_url,
        width=picture.width,
        height=picture.height,
        placeholder=picture.placeholder,
    ), 201


@bp.get("/pictures/<token>/<size>")
@public
def show_picture(token: str, size: str) -> BaseResponse:
    """A picture by its token, in about the width asked for (`640`, `640.jpg`, `preview`).

    Its owner and moderators get the private file; everyone else is led to the public copy, and
    finds nothing where there is none.
    """
    wanted, picture = SIZE.fullmatch(size), queries.find_picture(token)
    if wanted is None or picture is None:
        abort(404)
    name = _name(picture, wanted[1], wanted[2] or "webp")
    if picture.may_be_seen_privately_by(current_user):
        own = _file(files.private_key(picture, name), name)
        own.headers["Cache-Control"] = "private, no-cache"
        return own
    if picture.public_key is None:
        abort(404)
    if picture.contribution_id is None:  # a profile picture: public in one size
        name = f"{files.FACE_WIDTH}.{name.rpartition('.')[2]}"
    answer = redirect(url_for("media.show_public", name=f"{picture.public_key}-{name}"), 302)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/media/<name>")
@public
def show_public(name: str) -> Response:
    """A public copy. Its name is the permission: it exists only while what it belongs to is published."""
    key = files.public_file(name)
    if key is None:
        abort(404)
    answer = _file(key, name)
    answer.headers["Cache-Control"] = FOR_EVER
    return answer


def _name(picture: Picture, wanted: str, extension: str) -> str:
    width = PREVIEW_WIDTH if wanted == "preview" else int(wanted)
    return f"{nearest(picture.widths, width)}.{extension}"


def _file(key: str, name: str) -> Response:
    """The stored file as an answer that no browser takes for anything but a picture; 404 if it is not there."""
    media_type, store = TYPES[name.rpartition(".")[2]], storage()
    path = store.local_path(key)
    if path is not None:
        answer = send_file(path, mimetype=media_type, conditional=True, etag=True)
    else:
        try:
            data = store.read(key)
        except FileNotFoundError:
            abort(404)
        answer = send_file(BytesIO(data), mimetype=media_type, conditional=True, etag=False)
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
