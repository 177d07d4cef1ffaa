#!/usr/bin/env bash
# Times operators and shuffles in small: benchmarks/jmh.sh, or benchmarks/jmh.sh reduceByKey -prof gc (any options of JMH).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
./mvnw -B -ntp -q -pl benchmarks -am -DskipTests package dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$PWD/benchmarks/target/lib"
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -cp "benchmarks/target/classes:benchmarks/target/lib/*" org.openjdk.jmh.Main "$@"
