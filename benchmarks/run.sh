#!/usr/bin/env bash
# Compares the engine with plain Java: benchmarks/run.sh W1 W3-map, or W for all whose names begin so (see Comparisons).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
./mvnw -B -ntp -q -pl benchmarks -am -DskipTests package dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$PWD/benchmarks/target/lib"
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -cp "benchmarks/target/classes:benchmarks/target/lib/*" io.dstream.benchmarks.Run "$@"
