"""The house stays a house: imports point down, every view says who may call it, sizes stay in their budget."""

import ast
import re
from pathlib import Path

import pytest

from portal import config
from portal.access import rule_of

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "portal"

FLOORS = [
    {
        "config", "known_settings", "clock", "logs", "db", "sqlite", "writers", "trouble", "text", "access", "activity",
        "leases", "alone", "migrating", "worker", "waking", "redis_client", "web", "forms", "fragments", "application",
        "site", "csv_files", "prepared", "narrowing", "plots", "watching", "pages", "here", "moments", "one_by_one",
    },
    {"members", "contributions", "errors"},
    {"media"},
    {"forum", "blog", "stories"},
    {
        "moderation", "search", "advocacy", "notifications", "feeds", "rights", "front", "frame", "guard", "helping",
        "insights",
    },
    {
        "reactions", "chores", "gauges", "admin", "profile", "importing", "demo", "cli", "backups", "doctor",
        "rebuilding", "models",
        "static_files", "starting", "beside", "announcing", "__init__", "__main__",
    },
]  # fmt: skip
"""From the ground up; a room imports only from its own floor's own rooms and from those below."""

ALLOWED_UPWARD = {
    ("portal/contributions/base.py", "forum"),  # types alone
    ("portal/contributions/base.py", "media"),  # types alone
    ("portal/access.py", "members"),
}


def floor_of(room: str) -> int:
    return next(n for n, rooms in enumerate(FLOORS) if room in rooms)


def modules() -> list[Path]:
    return sorted(p for p in HOUSE.rglob("*.py"))


def room_of(path: Path) -> str:
    parts = path.relative_to(HOUSE).parts
    return parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    rooms = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "portal":
            parts = node.module.split(".")
            rooms |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            rooms |= {a.name.split(".")[1] for a in node.names if a.name.startswith("portal.")}
    return {r for r in rooms if (HOUSE / r).is_dir() or (HOUSE / f"{r}.py").is_file()}


def test_every_room_has_its_floor():
    known = {room for floor in FLOORS for room in floor}
    assert {room_of(p) for p in modules()} <= known


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path: Path):
    own = room_of(path)
    for room in imported_rooms(path) - {own}:
        if (path.relative_to(ROOT).as_posix(), room) in ALLOWED_UPWARD:
            continue
        assert floor_of(room) <= floor_of(own), f"{own} is below {room}"


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("markdown_it", {"text"}), ("bleach", {"text"}), ("nh3", {"text"}),
        ("whoosh", {"search"}), ("PIL", {"media", "demo"}), ("obstore", {"media"}),
        ("smtplib", {"notifications", "doctor"}), ("argon2", {"members"}),
        ("sklearn", {"contributions"}), ("re2", {"contributions"}),
    ],
)  # fmt: skip
def test_a_library_is_known_to_its_room_alone(library: str, rooms: set[str]):
    pattern = re.compile(rf"^\s*(?:from|import) {library}\b", re.MULTILINE)
    users = {room_of(p) for p in modules() if pattern.search(p.read_text(encoding="utf-8"))}
    assert users <= rooms


def test_only_config_reads_the_environment():
    readers = {room_of(p) for p in modules() if re.search(r"os\.environ|getenv", p.read_text(encoding="utf-8"))}
    assert readers <= {"config"}


def test_every_view_says_who_may_call_it(app):
    rules = ("public", "member", "moderator", "staff", "admin")
    assert [e for e, view in app.view_functions.items() if rule_of(view) not in rules] == []


def test_a_state_changes_in_the_lifecycle_alone():
    setters = re.compile(r"\.state\s*=[^=]|values\([^)]*\bstate=")
    guilty = {
        p.relative_to(ROOT).as_posix()
        for p in modules()
        if setters.search(p.read_text(encoding="utf-8"))
        and room_of(p) in ("contributions", "forum", "blog", "stories", "moderation", "importing", "members")
    }
    assert guilty <= {"portal/contributions/lifecycle.py"}


@pytest.mark.parametrize("pattern", ["*.py", "*.html", "*.css", "*.js"])
def test_no_file_is_two(pattern: str):
    long = {
        p.relative_to(ROOT).as_posix(): n for p in HOUSE.rglob(pattern) if (n := len(p.read_text().splitlines())) > 300
    }
    assert long == {}


def test_every_module_starts_by_saying_what_it_owns():
    assert [p for p in modules() if p.read_text().strip() and not ast.get_docstring(ast.parse(p.read_text()))] == []


def test_every_setting_stands_in_the_readme_with_its_default_and_what_it_is_for():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    def row(variable, setting):
        default = f"`{setting.default}`" if setting.default not in ("", None) else "–"
        return f"| `{variable}` | {default} | {setting.metadata['purpose']} |"

    assert [line for setting in config.all_settings() if (line := row(*setting)) not in readme] == []


def test_nothing_is_styled_or_scripted_inline():
    inline = re.compile(r"""<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*["']|javascript:""", re.IGNORECASE)
    guilty = [p for p in (HOUSE / "templates").rglob("*.html") if inline.search(p.read_text(encoding="utf-8"))]
    assert guilty == []


def test_styles_stay_light(client):
    address = client.application.extensions["portal.static"].url
    assert len(client.get(address("site.css")).data) <= 40 * 1024
    assert len(client.get(address("show.css")).data) <= 20 * 1024


def test_the_script_that_every_page_loads_stays_light():
    """Behaviours are fetched when their part of a page is first touched; the entry alone comes with the page."""
    entry = HOUSE / "static" / "js" / "site.js"
    assert "import " not in entry.read_text().replace("import(", "").split("\n\n")[0]
    assert entry.stat().st_size <= 15 * 1024
