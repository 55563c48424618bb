"""What a start does once for all processes: templates lie compiled, and are believed only as long as they are true."""

import subprocess
import sys

import pytest

from portal.starting import CompiledTemplates, load_templates


def stale(folder) -> None:
    """A text that was compiled before the template was changed."""
    for file in folder.iterdir():
        file.write_bytes(file.read_bytes().replace(file.read_bytes()[20:60], b"x" * 40, 1))


def cut_short(folder) -> None:
    for file in folder.iterdir():
        file.write_bytes(file.read_bytes()[:-20])


def a_file_instead(folder) -> None:
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    folder.write_text("")


SOME = ["layouts/base.html", "shared/lists.html", "front/front.html"]


def started(make_app):
    """An application as `serve` has it, if it had just SOME templates, and how many it compiled."""
    app, compiled = make_app(), []
    app.jinja_env.list_templates = lambda: SOME
    compile_ = app.jinja_env.compile
    app.jinja_env.compile = lambda *given, **named: compiled.append(given) or compile_(*given, **named)
    app.jinja_env.cache.clear()
    load_templates(app, 600)
    return app, len(compiled)


def test_a_second_start_compiles_nothing(make_app):
    _first, compiled = started(make_app)
    assert compiled == len(SOME)
    second, compiled = started(make_app)
    assert compiled == 0
    with second.app_context():
        assert b"</html>" in second.test_client().get("/").data


@pytest.mark.parametrize("spoil", [stale, cut_short, a_file_instead])
def test_what_lies_there_and_is_not_true_is_compiled_anew(make_app, spoil):
    first, compiled = started(make_app)
    spoil(first.extensions["portal.settings"].data_dir / "templates")
    _second, again = started(make_app)
    assert again == compiled


def test_what_is_kept_of_templates_is_for_the_owner_alone(tmp_path):
    CompiledTemplates(tmp_path / "templates")
    assert (tmp_path / "templates").stat().st_mode & 0o777 == 0o700


WHAT_A_SMALL_SITE_NEVER_ASKS_FOR = ("redis", "psycopg", "boto3", "disposable_email_domains")
ASKS = """
import sys
from portal import create_app, redis_client, starting
app = create_app()
starting.warm(app)
with app.app_context():
    redis_client.ask(lambda client: client.ping(), None)
print(*(name for name in sys.argv[1:] if name in sys.modules))
"""


def test_a_process_does_not_hold_the_libraries_of_what_the_site_does_not_have(tmp_path):
    told = [sys.executable, "-c", ASKS, *WHAT_A_SMALL_SITE_NEVER_ASKS_FOR]
    environment = {"PORTAL_DATA_DIR": str(tmp_path), "PORTAL_SECRET_KEY": "a key of this test alone, long enough"}
    done = subprocess.run(told, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
