"""Where the files of a picture lie in the storage, and copying them from private to public and away again."""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping

from portal.config import settings
from portal.media.models import Picture
from portal.media.showing import ANIMATION, as_sizes
from portal.media.storage import storage

EXTENSION_OF = {"image/jpeg": "jpg", "image/webp": "webp"}
PUBLIC_NAME = re.compile(r"([A-Za-z0-9_-]{22})-(\d{1,4}|animation)\.(webp|jpg)")
FACE_WIDTH = 320
"""The one size a profile picture is public in; `Member.portrait_url` names it."""


def private_folder(token: str) -> str:
    """The prefix of a picture's private files."""
    return f"private/{token[:2]}/{token}/"


def token_in(key: str) -> str:
    """The token in the key of a private file."""
    return key.removeprefix("private/").partition("/")[2].partition("/")[0]


def master_key(picture: Picture) -> str:
    """Where the clean master lies, from which all else can be made again."""
    return f"{private_folder(picture.token)}master.{EXTENSION_OF[picture.media_type]}"


def private_key(picture: Picture, name: str) -> str:
    """Where the derivative `name` (`640.webp`) lies."""
    return private_folder(picture.token) + name


def public_key_of(picture: Picture) -> str:
    """The unguessable name of its public copies: 128 bits from the secret key.

    Always the same for a picture, so that a copy interrupted by a crash is found again, and can be
    taken away, though no row names it.
    """
    digest = hmac.digest(settings().secret_key.encode(), b"public picture:" + picture.token.encode(), "sha256")
    return urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def public_file(name: str) -> str | None:
    """Where the file behind /media/<name> lies, or None if that is not a name such files have."""
    match = PUBLIC_NAME.fullmatch(name)
    return f"public/{match[1][:2]}/{name}" if match else None


def copy_to_public(picture: Picture, *, face: bool = False) -> tuple[str, str]:
    """Copy what readers load to where everyone can; returns the public name and the sizes there are.

    A profile picture is copied in one size, called 320 even if it is smaller. Raises
    FileNotFoundError if a private file is missing.
    """
    store, made = storage(), picture.made_widths
    sizes = {width: width for width in made}
    if face:
        sizes = {FACE_WIDTH: next((width for width in made if width >= FACE_WIDTH), made[-1])}
    for public_size, private_size in sizes.items():
        for extension in ("webp", "jpg"):
            data = store.read(private_key(picture, f"{private_size}.{extension}"))
            write_public(picture, {f"{public_size}.{extension}": data})
    animation = private_key(picture, f"{ANIMATION}.webp")
    moves = not face and store.exists(animation)
    if moves:
        write_public(picture, {f"{ANIMATION}.webp": store.read(animation)})
    return public_key_of(picture), as_sizes(sizes, moves)


def write_public(picture: Picture, made: Mapping[str, bytes]) -> None:
    """Write these files of a picture, by name (`640.webp`), to where everyone can load them."""
    key = public_key_of(picture)
    for name, data in made.items():
        storage().write(f"public/{key[:2]}/{key}-{name}", data)


def write_private(token: str, made: Mapping[str, bytes]) -> None:
    """Write these files of the picture with this token, by name, to private storage."""
    for name, data in made.items():
        storage().write(private_folder(token) + name, data)


def delete_public(key: str) -> int:
    """Take away every public copy under this name; returns how many there were."""
    store = storage()
    return sum(store.delete(file) for file in list(store.list(f"public/{key[:2]}/{key}-")))


def delete_private(token: str) -> int:
    """Take away every private file of a picture; returns how many there were."""
    store = storage()
    return sum(store.delete(file) for file in list(store.list(private_folder(token))))
