#!/bin/sh
# Every test on both databases, then lint and types; fails at the end if any of them failed.
set -u
failed=""
for database in sqlite postgresql; do
    echo "== tests on $database"
    "$PY" -m pytest -q -n 2 --dist loadgroup --database="$database" || failed="$failed $database"
done
echo "== lint and types"
"$PY" -m ruff check . || failed="$failed lint"
"$PY" -m mypy || failed="$failed types"
[ -z "$failed" ] && exit 0
echo "Not in order:$failed" >&2
exit 1
