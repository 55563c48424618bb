"""The files in deploy/ are what they say: settings exist, nginx and systemd accept them, pictures decode below them."""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from portal import config
from tests.databases import ROOT
from tests.media.samples import drawing, saved

DEPLOY = ROOT / "deploy"
KNOWN = {variable for variable, _ in config.all_settings()}
UNITS = ("portal-web.service", "portal-worker@.service", "portal-web-beside.service")


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    """A command to its end, with what it said."""
    return subprocess.run(words, capture_output=True, text=True)


def needs(program: str) -> None:
    """Skip the test where a program is not installed."""
    if shutil.which(program) is None and not Path(f"/usr/sbin/{program}").exists():
        pytest.skip(f"{program} is not installed")


@pytest.mark.parametrize("path", sorted(DEPLOY.iterdir()), ids=lambda path: path.name)
def test_every_setting_that_is_named_is_one(path):
    if path.is_file():
        assert set(re.findall(r"\bPORTAL_[A-Z_]+\b", path.read_text())) - KNOWN == set()


def test_the_settings_are_accepted_once_the_secret_is_filled_in(tmp_path):
    lines = [line for line in (DEPLOY / "portal.env").read_text().splitlines() if line and not line.startswith("#")]
    given = dict(line.split("=", 1) for line in lines)
    with pytest.raises(config.SettingsError, match="PORTAL_SECRET_KEY"):
        config.load(given)
    loaded = config.load(given | {"PORTAL_SECRET_KEY": "the-secret-of-a-deployment-0123456789"})
    assert loaded.production
    assert loaded.secure_cookies
    assert (loaded.search, loaded.trusted_proxies) == ("postgresql", 1)


def test_every_header_says_how_it_was_tried():
    for path in DEPLOY.iterdir():
        if path.is_file() and not path.name.startswith("."):
            assert re.search("[Tt]ried", path.read_text().partition("\n\n")[0] + path.read_text()[:1500]), path


def test_nginx_accepts_the_proxy(tmp_path):
    needs("nginx")
    needs("openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    made = run("openssl", *words, "-subj", "/CN=x", "-keyout", str(key), "-out", str(certificate))
    assert made.returncode == 0, made.stderr
    site = (DEPLOY / "nginx.conf").read_text()
    site = site.replace("/etc/ssl/portal/fullchain.pem", str(certificate))
    site = site.replace("/etc/ssl/portal/privkey.pem", str(key))
    # What the test's user may not have or do: other ports, other folders.
    site = re.sub(r"listen (\[::\]:)?(\d+)", lambda m: f"listen {m[1] or ''}1{int(m[2]):04d}", site)
    (tmp_path / "site.conf").write_text(site)
    spools = "".join(f"{n}_temp_path {tmp_path}/{n};" for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; {spools} include site.conf; }}"
    (tmp_path / "nginx.conf").write_text(whole)
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    tried = run(program, "-t", "-c", str(tmp_path / "nginx.conf"), "-e", "stderr")
    assert tried.returncode == 0, tried.stderr
    assert "warn" not in tried.stderr


def test_the_proxy_takes_as_much_as_the_portal_does():
    s = config.Settings()
    most = s.picture_max_bytes * s.pictures_per_contribution + 1_000_000
    taken = re.search(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx.conf").read_text())
    assert taken is not None
    assert most <= int(taken[1]) * 1024 * 1024 < most * 1.05


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_accepts_the_units_and_finds_little_exposed(tmp_path, unit):
    needs("systemd-analyze")
    # verify looks whether the commands are there: the packages are, under another name.
    written = (DEPLOY / unit).read_text().replace("/opt/portal/.venv/bin/python", sys.executable)
    (tmp_path / unit).write_text(written)
    instance = str(tmp_path / unit)
    verified = run("systemd-analyze", "verify", "--man=no", instance)
    ours = [line for line in verified.stderr.splitlines() if "portal" in line]
    if verified.returncode and not ours:
        pytest.skip(f"systemd-analyze does not work here: {verified.stderr[:200]}")
    assert ours == []
    weighed = run("systemd-analyze", "security", "--offline=true", "--threshold=20", instance)
    if "Overall exposure level" not in weighed.stdout:
        pytest.skip(f"systemd-analyze weighs nothing here: {weighed.stderr[:200]}")
    assert weighed.returncode == 0, weighed.stdout.splitlines()[-1]  # 2.0 of 10 at the most


def test_all_units_are_bars_of_the_same_kind():
    written = [(DEPLOY / unit).read_text().partition("\n[Install]")[0] for unit in UNITS]
    bars = {unit.partition("StateDirectory=")[2].strip() for unit in written}
    assert len(bars) == 1
    assert "ProtectSystem=strict" in bars.pop()


def test_a_server_beside_the_first_is_like_it_but_for_its_address_and_the_tables():
    first, beside = ((DEPLOY / unit).read_text() for unit in (UNITS[0], UNITS[2]))
    said, other = (dict(re.findall(r"^(\w+)=(.*)$", unit, re.MULTILINE)) for unit in (first, beside))
    unlike = {"Description", "ExecStartPre", "ExecStart", "TimeoutStartSec", "SyslogIdentifier", "WantedBy"}
    assert {name for name in said.keys() | other.keys() if said.get(name) != other.get(name)} == unlike
    assert re.fullmatch(r"/usr/bin/env PORTAL_BIND=127\.0\.0\.1:\d+ (.*)", other["ExecStart"])[1] == said["ExecStart"]
    assert "migrate" not in beside
    assert all(address in (DEPLOY / "portal-restart").read_text() for address in re.findall(r"[\d.]+:\d+", beside))


def test_what_is_to_be_written_can_be_written_below_the_bars():
    """Folders that the settings name are the unit's own, or let through by name."""
    unit, given = (DEPLOY / UNITS[0]).read_text(), (DEPLOY / "portal.env").read_text()
    named = re.findall(r"^(?:# )?PORTAL_(?:DATA|UPLOADS|BACKUP)_DIR=(\S+)$", given, re.MULTILINE)
    assert len(named) == 3
    open_ = [f"/var/lib/{re.findall('^StateDirectory=(.*)$', unit, re.MULTILINE)[0]}"]
    open_ += re.findall(r"^ReadWritePaths=-?(\S+)$", unit, re.MULTILINE)
    assert all(any(Path(folder).is_relative_to(place) for place in open_) for folder in named)


def test_commands_run_with_the_units_user_folder_and_settings():
    unit, words = (DEPLOY / UNITS[0]).read_text(), (DEPLOY / "portal").read_text()
    said = dict(re.findall(r"^(\w+)=(.*)$", unit, re.MULTILINE))
    assert f"--uid={said['User']} --gid={said['Group']}" in words
    for name in ("EnvironmentFile", "WorkingDirectory", "UMask", "NoNewPrivileges"):
        assert f"--property={name}={said[name]}" in words
    assert said["ExecStart"].removesuffix("serve") in words
    assert run("sh", "-n", str(DEPLOY / "portal")).returncode == 0
    assert os.access(DEPLOY / "portal", os.X_OK)


SYSTEMD_RUN = """
import json, os, re, sys
def value(found):
    return {"$$": "$", "${HOME}": "/there"}.get(found[0], found[0])
words = []
for word in sys.argv[sys.argv.index("portal") + 1:]:
    words += ["/there"] if word == "$HOME" else [re.sub(r"[$]([$]|{HOME})", value, word)]
print(json.dumps(words))
"""
"""What systemd does to the words of a command before it runs it (systemd.service(5), "Command lines")."""


def test_commands_get_their_words_as_they_were_typed(tmp_path):
    typed = [
        "plain", "two words", "", "$HOME", "${HOME}", "a${HOME}b", "$$", "$$HOME", "cost$", "$", "a$b$c", "\\$x", "%h",
        "*", "-n", '"', "'", "line\nand $HOME", "end\n", "\\", "`id`", "ü$ü",
    ]  # fmt: skip
    program = tmp_path / "systemd-run"
    program.write_text(f"#!{sys.executable}\n{SYSTEMD_RUN}")
    program.chmod(0o755)
    surroundings = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run([str(DEPLOY / "portal"), *typed], env=surroundings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == typed


TRY = """
import ctypes, json, struct, sys
from portal.media import cage, confine
allowed = json.loads(sys.argv[1])
machine = confine.CALLS["x86_64"][0]
lines = [(confine.LOAD, 0, 0, 4), (confine.EQUAL, 1, 0, machine), (confine.RETURN, 0, 0, confine.KILL)]
lines.append((confine.LOAD, 0, 0, 0))
for call in allowed:
    lines += [(confine.EQUAL, 0, 1, call), (confine.RETURN, 0, 0, confine.ALLOW)]
lines.append((confine.RETURN, 0, 0, confine.REFUSE | confine.EPERM))
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in lines))
program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(lines), ctypes.addressof(code)))
prctl = ctypes.CDLL(None, use_errno=True).prctl
prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)
assert prctl(confine.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
assert prctl(confine.PR_SET_SECCOMP, confine.SECCOMP_MODE_FILTER, ctypes.addressof(program), 0, 0) == 0
facts, parts = cage.run_in_cage("clean", sys.stdin.buffer.read(), format="JPEG", max_pixels=10**7, max_edge=2560)
print(json.dumps({"lacking": cage.lacking(), "made": sorted(parts)}))
"""


def test_pictures_are_decoded_in_their_whole_cage_below_the_units_filter_of_calls():
    needs("systemd-analyze")
    header = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
    if platform.machine() != "x86_64" or not header.is_file():
        pytest.skip("the numbers of this machine's system calls are not at hand")
    filters = re.findall(r"^SystemCallFilter=(\S+)$", (DEPLOY / UNITS[0]).read_text(), re.MULTILINE)
    assert filters == ["@system-service", "~@privileged"]
    sets = call_sets()
    names = expanded("@system-service", sets) - expanded("@privileged", sets)
    if os.geteuid() == 0:  # the unit's user is not root, so its cage need not stop being that
        names |= {"setgroups", "setresgid", "setresuid"}
    numbers = {name: int(number) for name, number in re.findall(r"#define __NR_(\w+) (\d+)", header.read_text())}
    allowed = [numbers[name] for name in sorted(names & set(numbers))]
    assert 200 < len(allowed) < 400
    words = [sys.executable, "-c", TRY, str(allowed)]
    done = subprocess.run(words, input=saved(drawing()), cwd=ROOT, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    assert b'"lacking": []' in done.stdout, done.stdout


def call_sets() -> dict[str, set[str]]:
    """What systemd calls by a name: sets of system calls, and of other sets."""
    sets: dict[str, set[str]] = {}
    name = ""
    for line in run("systemd-analyze", "syscall-filter", "--no-pager").stdout.splitlines():
        if line.startswith("@"):
            name = line.strip()
            sets[name] = set()
        elif line.startswith("    ") and not line.strip().startswith("#"):
            sets[name].add(line.strip())
    return sets


def expanded(name: str, sets: dict[str, set[str]]) -> set[str]:
    """The calls of a set, with those of the sets in it."""
    found: set[str] = set()
    for member in sets[name]:
        found |= expanded(member, sets) if member.startswith("@") else {member}
    return found


def test_compose_says_what_there_is():
    whole = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services, volumes = whole["services"], set(whole["volumes"])
    assert {key for key in whole if not key.startswith("x-")} == {"services", "volumes"}
    for name, service in services.items():
        assert set(service) <= SERVICE_KEYS, f"{name}: {set(service) - SERVICE_KEYS}"
        assert "image" in service
        needed = service.get("depends_on", {})
        assert set(needed) <= set(services)
        for other, how in needed.items() if isinstance(needed, dict) else ():
            assert set(how) == {"condition"}
            assert how["condition"] in CONDITIONS
            assert how["condition"] != "service_healthy" or "healthcheck" in services[other]
        for volume in service.get("volumes", ()):
            source, target = volume.split(":")[:2]
            assert target.startswith("/")
            assert source in volumes or source == "./tls" or (DEPLOY / source).is_file(), volume
        if "build" in service:
            assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
            assert set(service["environment"]) <= KNOWN
            assert all(isinstance(value, str) for value in service["environment"].values())
    webs = [name for name, service in services.items() if name.startswith("web-")]
    assert len(webs) == 2
    assert all(name in str(services["proxy"]["command"]) for name in webs)


SERVICE_KEYS = {
    "image", "build", "restart", "init", "read_only", "tmpfs", "cap_drop", "security_opt", "env_file", "environment",
    "volumes", "command", "depends_on", "healthcheck", "stop_grace_period", "ports", "sysctls",
}  # fmt: skip
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}


def test_the_image_is_made_of_what_there_is():
    written = (DEPLOY / "Dockerfile").read_text()
    kept = {line.lstrip("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = [word for line in re.findall(r"^COPY (.*)$", written, re.MULTILINE) for word in line.split()[:-1]]
    assert copied
    for name in copied:
        assert (ROOT / name).exists(), name
        assert name.rstrip("/") in kept, f".dockerignore keeps {name} out"
    assert re.search(r"^FROM python:3\.1[123]-", written, re.MULTILINE)
