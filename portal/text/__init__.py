"""Texts: Markdown to safe HTML and what goes with it; nobody else knows the Markdown and sanitising libraries."""

from portal.text.allowlist import TextTooLong, sanitise_html
from portal.text.cleaning import clean_line, clean_source, slugify
from portal.text.conversion import html_to_source
from portal.text.difference import DiffLine, diff
from portal.text.markdown import mentions, render
from portal.text.plain import excerpt, plain, quote

__all__ = [
    "DiffLine",
    "TextTooLong",
    "clean_line",
    "clean_source",
    "diff",
    "excerpt",
    "html_to_source",
    "mentions",
    "plain",
    "quote",
    "render",
    "sanitise_html",
    "slugify",
]
