#!/bin/sh
# Reads a running demo with LibreOffice Base, headless. See ../README.md.
# Usage: check.sh [JDBCURL]      Needs Debian's libreoffice-base-nogui, libreoffice-java-common, python3-uno and a JRE.
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$here/../../.." && pwd -P)
url=${1:-jdbc:cuvee://localhost:8099/}
for driver in "$root"/jdbc-driver/target/cuvee-jdbc-[0-9]*.jar; do :; done
driver=${CUVEE_DRIVER:-$driver}
profile=$(mktemp -d)
address="pipe,name=cuvee-check-$$"
soffice --headless --norestore --nologo "-env:UserInstallation=file://$profile" \
  "--accept=$address;urp;" >"$profile/log" 2>&1 &
office=$!
trap 'kill "$office" 2>/dev/null; wait "$office" 2>/dev/null || :; rm -rf "$profile"' EXIT
# The process that soffice leaves to its binary is asked to end by itself.
timeout 120 "${PYTHON:-/usr/bin/python3}" "$here/check.py" "$address" "$url" "$driver"
