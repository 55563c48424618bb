"""Installations to start, stop and kill, here too."""

from tests.system.conftest import make_site  # noqa: F401
