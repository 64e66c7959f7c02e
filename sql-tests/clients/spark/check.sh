#!/bin/sh
# Reads a running demo with Spark's JDBC source, unmodified. See ../README.md.
# Usage: check.sh [JDBCURL]      Needs a JDK 17 or 21 in SPARK_JAVA_HOME or JAVA_HOME, and Maven.
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$here/../../.." && pwd -P)
url=${1:-jdbc:cuvee://localhost:8099/}
java_home=${SPARK_JAVA_HOME:-${JAVA_HOME:?name a JDK 17 or 21}}
lib=${SPARK_LIB:-$here/target/lib}
[ -d "$lib" ] || mvn -B -q -f "$here/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$lib"
for driver in "$root"/jdbc-driver/target/cuvee-jdbc-[0-9]*.jar; do :; done
driver=${CUVEE_DRIVER:-$driver}
opens=
for package in java.lang java.lang.invoke java.io java.net java.nio java.util java.util.concurrent \
  sun.nio.ch sun.nio.cs sun.security.action sun.util.calendar; do
  opens="$opens --add-opens=java.base/$package=ALL-UNNAMED"
done
# shellcheck disable=SC2086
exec "$java_home/bin/java" -Xmx1g $opens -Dlog4j2.level=warn -cp "$driver:$lib/*" \
  "$here/SparkCheck.java" "$url"
