#!/bin/sh
# Every test on both databases, what is fast as on several machines too, then lint and types; fails at the end if any failed.
set -u
failed=""
tests() {
    what=$1
    shift
    echo "== tests on $what"
    "$PY" -m pytest -q -n 2 --dist loadgroup "$@" || failed="$failed $what"
}
tests sqlite --database=sqlite
tests postgresql --database=postgresql
tests machines --database=postgresql --grown -m "not browser and not slow"
echo "== lint and types"
"$PY" -m ruff check . || failed="$failed lint"
"$PY" -m mypy || failed="$failed types"
[ -z "$failed" ] && exit 0
echo "Not in order:$failed" >&2
exit 1
