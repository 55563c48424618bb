#!/bin/sh
# venv.sh PYTHON FOLDER: a virtual environment of this very Python there, made only if it is not there yet.
set -eu
python=$1
folder=$2
version() { "$1" -c 'import platform; print(platform.python_version())' 2>/dev/null || true; }

[ "$(version "$folder/bin/python")" = "$(version "$python")" ] && [ -x "$folder/bin/pip" ] && exit 0
rm -rf "$folder"  # of another Python, or left half-made
if ! "$python" -m venv "$folder" >/dev/null 2>&1; then
    rm -rf "$folder"
    echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2
    exit 1
fi
