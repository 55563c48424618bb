"""Pictures as a form sends them: uploaded one by one beforehand (tokens), or as files with the form itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import request
from werkzeug.datastructures import FileStorage

from portal import text as texts
from portal.config import settings
from portal.db import db
from portal.media import queries, turns
from portal.media.commands import Prepared, check_room, keep_picture, prepare
from portal.media.intake import PictureRefused
from portal.media.models import Picture
from portal.members.models import Member

ALT_MAX_CHARS = 300


@dataclass
class SentPictures:
    """The pictures of a form, in order, with what was typed beside them and what went wrong.

    `pictures` go back into the form as they are when it is shown again; nothing has to be sent twice.
    """

    pictures: list[Picture] = field(default_factory=list)
    alts: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def tokens(self) -> list[str]:
        """For `commands.attach`."""
        return [picture.token for picture in self.pictures]

    @property
    def without_alt(self) -> list[Picture]:
        """Those that nobody has described yet."""
        return [picture for picture in self.pictures if not (self.alts.get(picture.token) or picture.alt)]


def sent_pictures(owner: Member, files_field: str = "files", at_most: int | None = None) -> SentPictures:
    """The pictures of the form at hand: tokens in `pictures`, texts in `alt-<token>`, files in `files_field`.

    Call it before anything is changed in this request: the transaction that has read so far is ended,
    so that nobody waits for the database while pictures are decoded. Files are taken in the order
    sent; a bad one gives a sentence in `errors` and costs the others nothing.
    """
    limit = settings().pictures_per_contribution if at_most is None else at_most
    uploads = [upload for upload in request.files.getlist(files_field) if upload.filename]
    prepared = _prepared(owner, uploads[:limit])
    sent = SentPictures(pictures=queries.find_own(request.form.getlist("pictures")[: limit * 2], owner))
    for upload, result in prepared:
        try:
            sent.pictures.append(keep_picture(owner, result) if isinstance(result, Prepared) else _raise(result))
        except PictureRefused as refused:
            name = texts.clean_line(upload.filename or "")[:60]
            sent.errors.append(f"{name}: {refused}")
    if len(sent.pictures) > limit or len(uploads) > limit:
        sent.errors.append(f"{limit} pictures are possible here. Please choose which ones to show.")
        sent.pictures = sent.pictures[:limit]
    for picture in sent.pictures:
        words = texts.clean_line(request.form.get(f"alt-{picture.token}", ""))[:ALT_MAX_CHARS]
        if words:
            sent.alts[picture.token] = words
            if picture.contribution_id is None:  # of one that stands somewhere already, an edit brings them, screened
                picture.alt = words
    return sent


def prepare_unhurried(owner: Member, upload: FileStorage) -> Prepared:
    """`prepare`, without holding the database meanwhile; raises PictureRefused, before decoding where that can be."""
    owner_id = owner.id
    check_room(owner)
    turns.count(owner_id)
    db.session.commit()  # nothing has been changed yet; this lets go of what BEGIN IMMEDIATE took
    with turns.one_of(owner_id):
        return prepare(upload.stream)


def _prepared(owner: Member, uploads: Sequence[FileStorage]) -> list[tuple[FileStorage, Prepared | PictureRefused]]:
    results: list[tuple[FileStorage, Prepared | PictureRefused]] = []
    for upload in uploads:
        try:
            results.append((upload, prepare_unhurried(owner, upload)))
        except PictureRefused as refused:
            results.append((upload, refused))
    return results


def _raise(refused: PictureRefused) -> Picture:
    raise refused
