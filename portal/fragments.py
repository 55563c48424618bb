"""Pieces of pages that are kept between requests, each by all the values it was made of.

A kept piece can't be out of date: another text, name or mark is another value, and with that another piece. It can't
hold anybody's secrets either: it is rendered where there is no request, no session and no reader, only the values.
(What is kept `under` a mark is made of anything; pages/remembering.py sees to it that it is true, and nobody's own.)
What changes though no value does, how long ago something was and the token of the reader's session, is left open
and written at each showing.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from itertools import chain, groupby
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

from flask import Flask
from jinja2 import Environment
from markupsafe import Markup

from portal import clock, here, moments

KEPT_CHARACTERS = 4_000_000
"""In one process; those not shown for longest go first. About a hundred pages of twenty replies."""
_OWN_COST = 600
"""Characters that a piece takes besides its text: its key and its places in lists."""
KNOWN_INSIDE = ("url_for", "static_url", "incentive_words", "range", "dict", "namespace", "cycler", "joiner")
"""The functions that templates have in here: what they answer depends on what they are given and on nothing else."""

Piece = tuple[str | datetime | None, ...]
"""Text and what is left open: a moment stands for how long ago it was, None for the session's token."""


class Same:
    """Values as one object: what is kept by it is found without looking at all of them again."""

    __slots__ = ("__weakref__", "values")

    def __init__(self, values: tuple[Any, ...]) -> None:
        self.values = values


_same: WeakValueDictionary[tuple[Any, ...], Same] = WeakValueDictionary()


def same(values: tuple[Any, ...]) -> Same:
    """The same object for equal values, as long as a kept piece is found by it."""
    found = _same.get(values)
    if found is None:
        _must_be_values(values)
        found = _same.setdefault(values, Same(values))
    return found


class _Kept:
    """A piece, how much room it takes, the mark it is true under, and how it read when it was last shown."""

    __slots__ = ("mark", "piece", "read", "size")

    def __init__(self, piece: Piece, size: int, mark: Hashable = None) -> None:
        self.piece, self.size, self.mark = piece, size, mark
        self.read = _Read((), moments.ALWAYS, moments.ALWAYS)


class _Read(NamedTuple):
    """A piece with its moments in words, which are true from one instant until another."""

    words: tuple[str | None, ...]
    since: datetime
    until: datetime


class Fragments:
    """The pieces of one application in this process, and where they are rendered."""

    def __init__(self, env: Environment) -> None:
        self._outside = env
        self._inside: Environment | None = None
        self._mark = secrets.token_hex(16)  # nobody can write it into a text, since nobody ever sees it
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._characters = 0
        self._alone = Lock()

    def of(self, make: Callable[..., str], *values: Hashable) -> Markup:
        """What `make(*values)` says, kept. It must depend on these values alone; they hold no markup."""
        key = (make, values)
        return self._written(self._found(key) or self._made(key, make, values))

    def macro(self, template: str, name: str, *values: Hashable) -> Markup:
        """What this template's macro says to these values, kept. It may ask for nothing but KNOWN_INSIDE."""
        return self._written(self._of_macro(template, name, values))

    def several(self, name: Callable[..., Iterable[tuple[Any, ...]]], *values: Hashable) -> Markup:
        """The pieces that `name(*values)` names (template, macro, values …), a line each, kept as one."""
        key = (name, values)
        kept = self._found(key)
        if kept is None:
            _must_be_values(values)
            each = [self._of_macro(template, macro, these).piece for template, macro, *these in name(*values)]
            piece = _joined(chain.from_iterable((*one, "\n") for one in each))
            # The text is that of the pieces, once; what it is found by is a copy.
            kept = self._keep(key, piece, _characters(values))
        return self._written(kept)

    def under(self, key: Hashable, mark: Hashable, make: Callable[[], str]) -> Markup:
        """What `make()` says by way of `anew`, whatever of. It is kept while `mark` is the same, which must be another
        as soon as something else would be said, and takes the place of what was before; under None it is not kept."""
        kept = self._found(key) if mark is not None else None
        if kept is None or kept.mark != mark:
            piece = self._split(make())
            kept = _Kept(piece, 0) if mark is None else self._keep(key, piece, _characters(piece), mark)
        return self._written(kept)

    def anew(self, template: str, name: str) -> Callable[..., str]:
        """The macro itself, for what is not kept by its values. It may be given anything, and writes neither moments
        nor tokens."""
        return self._macro(template, name)

    def forget(self) -> None:
        """Render everything anew from now on."""
        with self._alone:
            self._kept.clear()
            self._characters = 0

    def _found(self, key: Hashable) -> _Kept | None:
        with self._alone:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
        return found

    def _of_macro(self, template: str, name: str, values: Iterable[Hashable]) -> _Kept:
        values = tuple(values)
        key = (template, name, values)
        return self._found(key) or self._made(key, self._macro(template, name), values)

    def _made(self, key: Hashable, make: Callable[..., str], values: tuple[Hashable, ...]) -> _Kept:
        _must_be_values(values)
        piece = self._split(make(*values))
        lists = _characters(value.values for value in values if isinstance(value, Same))
        return self._keep(key, piece, _characters(piece) + lists)

    def _keep(self, key: Hashable, piece: Piece, characters: int, mark: Hashable = None) -> _Kept:
        kept = _Kept(piece, characters + _OWN_COST, mark)
        with self._alone:
            if (before := self._kept.pop(key, None)) is not None:
                self._characters -= before.size
            self._kept[key] = kept
            self._characters += kept.size
            while self._characters > KEPT_CHARACTERS:
                self._characters -= self._kept.popitem(last=False)[1].size
        return kept

    def _split(self, rendered: str) -> Piece:
        parts: list[Any] = str(rendered).split(self._mark)
        parts[1::2] = [datetime.fromisoformat(part) if part else None for part in parts[1::2]]
        return _joined(parts)

    def _written(self, kept: _Kept) -> Markup:
        """The piece as it is read now."""
        if isinstance(kept.piece[0], Markup):
            return kept.piece[0]  # all of it
        now, read = clock.now(), kept.read
        if not read.since <= now < read.until:
            read = kept.read = _read(kept.piece, now)
        words: Iterable[str | None] = read.words
        if None in read.words:
            token = self._token()
            words = [token if word is None else word for word in read.words]
        return Markup("".join(words))  # type: ignore[arg-type]  # noqa: S704 - templates made it

    def _token(self) -> str:
        csrf_token: Any = self._outside.globals["csrf_token"]
        return str(csrf_token())

    def _macro(self, template: str, name: str) -> Callable[..., str]:
        if self._inside is None:
            self._inside = self._environment()
        made: Callable[..., str] = getattr(self._inside.get_template(template).module, name)
        return made

    def _environment(self) -> Environment:
        """As the application's, without what it knows of the request; made late, when all rooms have added theirs."""
        mark, env = self._mark, self._outside.overlay()
        env.globals = {name: self._outside.globals[name] for name in KNOWN_INSIDE if name in self._outside.globals}
        env.globals["csrf_token"] = lambda: mark * 2
        env.filters = self._outside.filters | {"ago": lambda at: f"{mark}{at.isoformat()}{mark}"}
        del env.filters["fragment"]  # whoever is kept keeps nothing
        return env


def _read(piece: Piece, now: datetime) -> _Read:
    words: list[str | None] = []
    until = moments.ALWAYS
    for part in piece:
        if isinstance(part, datetime):
            told = moments.said(part, now)
            until = min(until, told.until)
            words.append(told.words)
        else:
            words.append(part)
    return _Read(tuple(words), now, until)


def _joined(parts: Iterable[Any]) -> Piece:
    """Texts that stand side by side as one; a piece that is nothing but text as it is written."""
    piece: list[Any] = []
    for is_text, side_by_side in groupby(parts, lambda part: isinstance(part, str)):
        several = list(side_by_side)
        piece += ["".join(several)] if is_text else several
    return (Markup(piece[0]),) if len(piece) == 1 and isinstance(piece[0], str) else tuple(piece)  # noqa: S704


_VALUES = str | int | float | datetime | Same


def _must_be_values(values: tuple[Any, ...]) -> None:
    """Raise TypeError for what can change, and for markup, which equals the text that it is not."""
    for value in values:
        if isinstance(value, tuple):
            _must_be_values(value)
        elif hasattr(value, "__html__") or not (value is None or isinstance(value, _VALUES)):
            raise TypeError(f"fragments are made of values, not of {type(value).__name__}")


def _characters(values: Iterable[Any]) -> int:
    """Of all texts in them."""
    found = 0
    for value in values:
        if isinstance(value, str):
            found += len(value)
        elif isinstance(value, tuple | Same):
            found += _characters(value if isinstance(value, tuple) else value.values)
    return found


def init_app(app: Flask) -> None:
    """Give the application its pieces, and templates `'template'|fragment('macro', …)`: a filter, which Jinja calls as
    it is, where it looks twice at each function before the call."""
    found = app.extensions["portal.fragments"] = Fragments(app.jinja_env)
    app.jinja_env.filters["fragment"] = found.macro


def fragments() -> Fragments:
    """Those of the application at work."""
    found: Fragments = here.app().extensions["portal.fragments"]
    return found
