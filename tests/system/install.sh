#!/bin/sh
# What the tests need beside Python: PostgreSQL's programs, Chromium, Java (for the W3C checker) and ExifTool.
# Installs what is missing through apt-get where it may; otherwise says what to install.
set -eu

has_postgresql() { command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }
has_chromium() { [ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; }
has_java() { java -version >/dev/null 2>&1; }
has_exiftool() { command -v exiftool >/dev/null; }
has_fonts() { ! command -v fc-list >/dev/null || [ -n "$(fc-list 2>/dev/null | head -n 1)" ]; }

missing=""
has_postgresql || missing="$missing postgresql"
has_chromium || missing="$missing chromium"
has_java || missing="$missing default-jre-headless"
has_exiftool || missing="$missing libimage-exiftool-perl"
has_fonts || missing="$missing fonts-dejavu-core"
[ -z "$missing" ] && exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root="no"; fi
fi
if [ "$as_root" = "no" ] || ! command -v apt-get >/dev/null; then
    echo "The tests need packages that are not installed and that this user may not install here." >&2
    echo "On Debian: apt-get install$missing   (elsewhere: PostgreSQL 14 or newer, Chromium, Java 17 or newer, ExifTool)" >&2
    exit 1
fi

echo "Installing for the tests:$missing"
$as_root apt-get update -qq
# The distribution would start a database server of its own; the tests start and stop theirs.
if ! [ -e /etc/postgresql-common/createcluster.conf ] && [ "${missing#*postgresql}" != "$missing" ]; then
    $as_root mkdir -p /etc/postgresql-common
    echo "create_main_cluster = false" | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
# shellcheck disable=SC2086  # a list of words, and no word twice
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o Dpkg::Options::=--force-confold $missing >/dev/null
has_postgresql && has_chromium && has_java && has_exiftool || { echo "Installed:$missing, yet not all of it is found." >&2; exit 1; }
