#!/bin/sh
# Writes scripts/warm.ld: which functions a server runs while it is talked to. The linker lays them together (build.rs), so
# that what would lie between them need not be in memory. Needs valgrind; worth a run when a release changed much.
set -eu

fail() {
    printf 'warm.sh: %s\n' "$1" >&2
    exit 1
}

# A conversation like any: what there is, a run, its action, its end. Each message waits for what the one before set going.
talk() {
    call() { # ID TOOL ARGUMENTS
        printf '{"jsonrpc":"2.0","id":%s,"method":"tools/call","params":{"name":"%s","arguments":%s}}\n' "$1" "$2" "$3"
        sleep 3
    }
    ask() { # ID METHOD
        printf '{"jsonrpc":"2.0","id":%s,"method":"%s","params":{}}\n' "$1" "$2"
        sleep 1
    }
    client='{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"warm","version":"1"}}'
    printf '{"jsonrpc":"2.0","id":1,"method":"initialize","params":%s}\n' "$client"
    printf '{"jsonrpc":"2.0","method":"notifications/initialized"}\n'
    ask 2 tools/list
    ask 3 prompts/list
    ask 4 resources/list
    call 5 list_workflows '{}'
    call 6 start_workflow '{"workflow":"ask.yaml"}'
    call 7 get_workflow_status '{"run":"@last"}'
    call 8 get_workflow_status '{"run":"@last"}'
    call 9 list_pending_actions '{}'
    call 10 submit_result '{"action":"@last","result":"done"}'
    call 11 get_workflow_status '{"run":"@last"}'
    call 12 get_workflow_status '{"run":"r-0"}'
}

cd "$(dirname "$0")/.."
command -v valgrind > /dev/null || fail 'valgrind is needed: install it (apt-get install valgrind)'
program=${1:-}
if [ -z "$program" ]; then
    cargo rustc --release --locked --bin wfmcp -- -C strip=none
    program=${CARGO_TARGET_DIR:-$PWD/target}/release/wfmcp
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/home"
printf 'name: ask\nsteps:\n  - { shell: echo one }\n  - { id: q, prompt: What?, result: { type: string } }\n' > "$work/home/ask.yaml"
talk | (
    cd "$work/home"
    env -i PATH="$PATH" HOME="$work/home" WFMCP_HOME="$work/home" valgrind --tool=callgrind --demangle=no \
        --compress-strings=no --callgrind-out-file="$work/ran.%p" "$program" serve --stdio
) > "$work/answers" 2> "$work/errors"
grep -q '"status":"completed"' "$work/answers" || fail "the conversation came to no end: $(cat "$work/answers" "$work/errors")"

# What a compiler adds to a name changes with it.
short() {
    sed -E "s/'[0-9]+\$//; s/17h[0-9a-f]{16}E.*\$/17h*/; s/Cs[0-9A-Za-z]+_/Cs*_/g; s/\.(constprop|part|isra|llvm)\..*\$//" |
        LC_ALL=C sort -u
}
nm --defined-only "$program" | awk '$2 ~ /[tTwW]/ { print $3 }' | short > "$work/there"
cat "$work"/ran.* | sed -n 's/^c\{0,1\}fn=//p' | short > "$work/ran"
{
    echo '/* What a server runs while it is talked to, as scripts/warm.sh saw it. Generated: change that instead. */'
    echo 'SECTIONS { .text.warm : {'
    LC_ALL=C comm -12 "$work/there" "$work/ran" | sed 's/.*/*(.text.& .text.&.*)/; s/h\* .*/h*)/'
    echo '} } INSERT BEFORE .text;'
} > scripts/warm.ld
wc -l scripts/warm.ld
