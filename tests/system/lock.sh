#!/bin/sh
# lock.sh PYTHON: both locks anew, newest versions that fit, with hashes and without the name of any index.
set -eu
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"$1" -m venv "$tools"
"$tools/bin/pip" install --quiet --disable-pip-version-check 'pip<26' pip-tools
for name in requirements requirements-dev requirements-s3; do
    CUSTOM_COMPILE_COMMAND='make lock' "$tools/bin/pip-compile" --quiet --upgrade --generate-hashes \
        --strip-extras --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
        --output-file "$name.txt" "$name.in"
done
