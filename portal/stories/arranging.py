"""The order of a form's pictures where no script moves them: buttons that send the form and get it back rearranged."""

from collections.abc import Mapping

from portal.media.forms import SentPictures


def arrange(sent: SentPictures, typed: Mapping[str, str]) -> bool:
    """Do what the button `move` (`earlier <token>`, `later <token>`) or `take_out` (`<token>`) asks for.

    Says whether one of them was pressed: the form then comes back instead of being sent.
    """
    if "move" in typed:
        way, _, token = typed["move"].partition(" ")
        _move(sent, token, {"earlier": -1, "later": 1}.get(way, 0))
    elif "take_out" in typed:
        sent.pictures = [picture for picture in sent.pictures if picture.token != typed["take_out"]]
    else:
        return False
    return True


def _move(sent: SentPictures, token: str, step: int) -> None:
    pictures = sent.pictures
    at = next((n for n, picture in enumerate(pictures) if picture.token == token), None)
    if at is not None and 0 <= at + step < len(pictures):
        pictures[at], pictures[at + step] = pictures[at + step], pictures[at]
