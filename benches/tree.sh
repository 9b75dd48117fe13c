#!/usr/bin/env bash
# Compares composefix with ripgrep on a tree of repositories that it makes: `benches/tree.sh [FILES [HITS]]`, by default 9000 files. Two in
# three are compose files, of which 70 in 100 are those of the tests that have Kafka. `TREE=folder` measures a tree of your own instead. Needs
# rg and GNU time.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
files=${1:-9000} hits=${2:-70} runs=5
tool=$here/target/release/composefix
cargo build --release --locked --manifest-path "$here/Cargo.toml"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

make_tree() {
    local with_kafka number folder
    mapfile -t with_kafka < <(grep -rli kafka "$here/tests" --include='*compose*.y*ml' | sort)
    for ((number = 0; number < files * 2 / 3; number++)); do
        folder=$1/area-$((number % 25))/group-$((number / 25 % 25))/project-$number/deploy/compose
        mkdir -p "$folder"
        if ((number * 37 % 100 < hits)); then
            cp "${with_kafka[number % ${#with_kafka[@]}]}" "$folder/compose.yaml"
        else
            printf 'services:\n  web:\n    image: nginx:1.27\n    ports: ["%d:80"]\n  cache:\n    image: redis:7\n' $((3000 + number)) > "$folder/compose.yaml"
        fi
        if ((number % 2)); then printf -- '- run: make target-%d\n' {1..40} > "${folder%/*}/pipeline.yml"; fi
    done
}

# Seconds of CPU and MiB of memory of a command, whatever it finds.
cost() {
    { command time --format '%U %S %M' "$@" > /dev/null 2> "$scratch/errors"; } || true
    tail -n 1 "$scratch/errors" | awk '{ print $1 + $2, $3 / 1024 }'
}

tree=${TREE:-$scratch/tree}
[ -n "${TREE:-}" ] || make_tree "$tree"
for ((run = 0; run <= runs; run++)); do
    ours=$(cost "$tool" check --quiet "$tree")
    theirs=$(cost rg --files-with-matches --ignore-case 'kafka|redpanda' --glob '*.y*ml' "$tree")
    # The first run fills the system's cache of files.
    if ((run)); then echo "$ours $theirs"; fi
done | awk '{ printf "%.2f s of CPU, %.1f times that of ripgrep; %.0f MiB\n", $1, $1 / $3, $2 }' | sort -n
