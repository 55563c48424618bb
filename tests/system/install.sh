#!/bin/sh
# What the tests need beside Python: PostgreSQL's programs, Redis, nginx, Chromium, Java (for the W3C checker), ExifTool
# and `ip` (for the trial of two machines).
# Installs what is missing through apt-get where it may; otherwise says what to install.
set -eu

has_postgresql() { command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }
has_chromium() { [ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; }
has_java() { java -version >/dev/null 2>&1; }
has_exiftool() { command -v exiftool >/dev/null; }
has_redis() { command -v redis-server >/dev/null; }
has_nginx() { command -v nginx >/dev/null || [ -x /usr/sbin/nginx ]; }
has_ip() { command -v ip >/dev/null || [ -x /usr/sbin/ip ] || [ -x /sbin/ip ]; }
has_openssl() { command -v openssl >/dev/null; }
has_fonts() { ! command -v fc-list >/dev/null || [ -n "$(fc-list 2>/dev/null | head -n 1)" ]; }

missing=""
has_postgresql || missing="$missing postgresql"
has_chromium || missing="$missing chromium"
has_java || missing="$missing default-jre-headless"
has_exiftool || missing="$missing libimage-exiftool-perl"
has_redis || missing="$missing redis-server"
has_nginx || missing="$missing nginx-light"
has_ip || missing="$missing iproute2"
has_openssl || missing="$missing openssl"
has_fonts || missing="$missing fonts-dejavu-core"
[ -z "$missing" ] && exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    if sudo -n true 2>/dev/null; then as_root="sudo -n"; else as_root="no"; fi
fi
if [ "$as_root" = "no" ] || ! command -v apt-get >/dev/null; then
    echo "The tests need packages that are not installed and that this user may not install here." >&2
    echo "On Debian: apt-get install$missing   (elsewhere: PostgreSQL 14 or newer, Chromium, Java 17 or newer, ExifTool, Redis, nginx, iproute2, OpenSSL)" >&2
    exit 1
fi

echo "Installing for the tests:$missing"
$as_root apt-get update -qq
# The distribution would start a database server of its own; the tests start and stop theirs.
if ! [ -e /etc/postgresql-common/createcluster.conf ] && [ "${missing#*postgresql}" != "$missing" ]; then
    $as_root mkdir -p /etc/postgresql-common
    echo "create_main_cluster = false" | $as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
fi
# Nor are its Redis and nginx to be started: the tests run their own, and 80 and 6379 may be somebody else's.
if ! [ -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee /usr/sbin/policy-rc.d >/dev/null
    trap '$as_root rm -f /usr/sbin/policy-rc.d' EXIT
    trap 'exit 1' HUP INT TERM
    $as_root chmod 755 /usr/sbin/policy-rc.d
fi
# shellcheck disable=SC2086  # a list of words, and no word twice
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o Dpkg::Options::=--force-confold $missing >/dev/null
has_postgresql && has_chromium && has_java && has_exiftool && has_redis && has_nginx && has_ip && has_openssl || { echo "Installed:$missing, yet not all of it is found." >&2; exit 1; }
