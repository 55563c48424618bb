"""Sending a picture, and looking at one: privately while it waits, publicly once it is published."""

import logging
import re
from hashlib import sha256
from io import BytesIO

from flask import Blueprint, Response, abort, current_app, jsonify, make_response, redirect, request, send_file, url_for
from flask_login import current_user
from werkzeug.exceptions import ServiceUnavailable
from werkzeug.wrappers import Response as BaseResponse

from portal.access import member_only, public
from portal.contributions.writing import must_write
from portal.media import commands, files, queries
from portal.media.derivatives import TYPES, is_whole
from portal.media.forms import prepare_unhurried
from portal.media.intake import PictureRefused
from portal.media.models import Picture
from portal.media.showing import ANIMATION, PREVIEW_WIDTH, nearest
from portal.media.storage import StorageAway, storage

bp = Blueprint("media", __name__)
log = logging.getLogger(__name__)

SIZE = re.compile(r"(\d{1,4}|preview)(?:\.(webp|jpg))?|(animation)\.webp")
SANDBOX = "default-src 'none'; sandbox"
"""Should a browser ever take a picture's bytes for a page, that page can do nothing."""
LATER = {"often": 429, "busy": 503}
FOR_A_DAY = "private, max-age=86400"
"""A reader's own browser keeps it for a day, then asks; no cache between keeps a copy nobody could take back."""


@bp.post("/pictures/")
@member_only
def receive_picture() -> tuple[Response, int] | tuple[Response, int, dict[str, str]]:
    """One file, in the field `file`; JSON for scripts: its token and a preview, or a sentence.

    422 means that this picture is not taken, 429 and 503 that it may be after `Retry-After` seconds.
    """
    must_write(current_user)
    upload = request.files.get("file")
    if upload is None:
        return jsonify(error="No file arrived. Please choose a picture."), 422
    try:
        picture = commands.keep_picture(current_user, prepare_unhurried(current_user, upload))
    except PictureRefused as refused:
        status = LATER.get(refused.reason, 422)
        headers = {"Retry-After": str(refused.retry_after)} if refused.retry_after else {}
        return jsonify(error=str(refused), reason=refused.reason), status, headers
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
    private = picture.may_be_seen_privately_by(current_user)
    name = _name(picture, wanted, picture.made_widths if private else picture.public_sizes)
    if private:
        own = _file(files.private_key(picture, name), name)
        own.headers["Cache-Control"] = "private, no-cache"
        return own
    if picture.public_key is None:
        abort(404)
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
    answer.headers["Cache-Control"] = FOR_A_DAY
    return answer


@bp.app_errorhandler(StorageAway)
def storage_is_away(error: StorageAway) -> BaseResponse:
    """A storage that does not answer is no mistake of the reader's; what was being written is undone."""
    log.error("the storage does not answer: %s", error)
    return make_response(current_app.handle_user_exception(ServiceUnavailable(retry_after=60)))


def _name(picture: Picture, wanted: re.Match[str], widths: tuple[int, ...]) -> str:
    """The file that is meant, in the nearest of these widths."""
    if wanted[3]:
        return f"{ANIMATION}.webp"
    width = PREVIEW_WIDTH if wanted[1] == "preview" else int(wanted[1])
    return f"{nearest(widths, width)}.{wanted[2] or 'webp'}"


def _file(key: str, name: str) -> Response:
    """The stored file as an answer that no browser takes for anything but a picture; 404 if it is not there, or not
    whole: no browser should keep that for a day. It is read first, so that a disk that fails is said.
    """
    try:
        data = storage().read(key)
    except FileNotFoundError:
        abort(404)
    if not is_whole(data):
        log.error("%s is not whole: `python -m portal rebuild pictures` makes it again, or a backup has it", key)
        abort(404)
    media_type, etag = TYPES[name.rpartition(".")[2]], sha256(data).hexdigest()[:32]
    answer = send_file(BytesIO(data), mimetype=media_type, conditional=True, etag=etag)
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
