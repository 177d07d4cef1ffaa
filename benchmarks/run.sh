#!/usr/bin/env bash
# Compares the engine with plain Java: benchmarks/run.sh W1 (or W3-map, W3-update, W4-inverse, W4-max, W4-length, joins).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
./mvnw -B -ntp -q -pl benchmarks -am -DskipTests package dependency:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$PWD/benchmarks/target/lib"
exec java -cp "benchmarks/target/classes:benchmarks/target/lib/*" io.dstream.benchmarks.Run "$@"
