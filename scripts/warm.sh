#!/bin/sh
# Writes scripts/warm.ld: which functions a server runs while it is talked to. The linker lays them together (build.rs), so
# that what would lie between them need not be in memory. Needs valgrind; worth a run when a release changed much.
set -eu

fail() {
    printf 'warm.sh: %s\n' "$1" >&2
    exit 1
}

ask() { # SECONDS ID METHOD PARAMS
    printf '{"jsonrpc":"2.0","id":%s,"method":"%s","params":%s}\n' "$2" "$3" "$4"
    sleep "$1"
}

call() { # ID TOOL ARGUMENTS
    ask 3 "$1" tools/call "{\"name\":\"$2\",\"arguments\":$3}"
}

introduce() {
    ask 2 1 initialize '{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"warm","version":"1"}}'
    printf '{"jsonrpc":"2.0","method":"notifications/initialized"}\n'
    ask 1 2 tools/list '{}'
}

# A conversation like any: what there is, a run, its action, its end. What a message set going has time to come to rest.
talk() {
    introduce
    ask 1 3 prompts/list '{}'
    ask 1 4 resources/list '{}'
    call 5 list_workflows '{}'
    call 6 start_workflow '{"workflow":"ask.yaml"}'
    call 7 get_workflow_status '{"run":"@last"}'
    call 8 get_workflow_status '{"run":"@last"}'
    call 9 list_pending_actions '{}'
    call 10 submit_result '{"action":"@last","result":"done"}'
    call 11 get_workflow_status '{"run":"@last"}'
    call 12 get_workflow_status '{"run":"r-0"}'
    call 13 start_workflow '{"workflow":"ask.yaml"}'
}

# What another server does with what the first has left.
go_on() {
    introduce
    call 5 get_workflow_status '{"run":"@last"}'
    call 6 list_pending_actions '{}'
    call 7 get_workflow_status '{"run":"@last"}'
    call 8 submit_result '{"action":"@last","result":"done"}'
    call 9 get_workflow_status '{"run":"@last"}'
}

program=${1:+$(realpath "$1")}
cd "$(dirname "$0")/.."
command -v valgrind > /dev/null || fail 'valgrind is needed: install it (apt-get install valgrind)'
if [ -z "$program" ]; then
    cargo rustc --release --locked --bin wfmcp -- -C strip=none
    program=${CARGO_TARGET_DIR:-$PWD/target}/release/wfmcp
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/home"
printf 'name: ask\nsteps:\n  - { shell: echo one }\n  - { id: q, prompt: What?, result: { type: string } }\n' > "$work/home/ask.yaml"
# A function's own name, without what tells apart the copies of it.
exact() {
    sed -E "s/'[0-9]+\$//; s/\.(constprop|part|isra|llvm)\..*\$//"
}

# What a compiler adds to a name changes with it.
short() {
    sed -E 's/17h[0-9a-f]{16}E.*$/17h*/; s/Cs[0-9A-Za-z]+_/Cs*_/g'
}

# The names of the functions that ran while the server was told this.
watch() { # CONVERSATION
    "$1" | (
        cd "$work/home"
        env -i PATH="$PATH" HOME="$work/home" WFMCP_HOME="$work/home" valgrind --tool=callgrind --demangle=no \
            --compress-strings=no --callgrind-out-file="$work/$1.%p" "$program" serve --stdio
    ) > "$work/answers" 2> "$work/errors"
    cat "$work/$1".[0-9]* | sed -n 's/^c\{0,1\}fn=//p' | exact | LC_ALL=C sort -u
}

watch introduce > "$work/early"
for conversation in talk go_on; do
    watch "$conversation" > "$work/ran.$conversation"
    grep -q '"status":"completed"' "$work/answers" || fail "the conversation came to no end: $(cat "$work/answers" "$work/errors")"
done
LC_ALL=C sort -u "$work/ran".* > "$work/ran"

# What the linker is to lay together: of these names in the program, those that ran, the earliest first. A name that many
# functions share may mean one that ran and many that did not: those come last.
lay() { # EARLY RAN
    awk -v early="$1" -v ran="$2" '
        BEGIN {
            while ((getline name < ran) > 0) rank[name] = 2
            while ((getline name < early) > 0) rank[name] = 1
        }
        $0 in rank { shared[$0]++ }
        END { for (name in shared) print (shared[name] > 16 ? 2 : 0) + rank[name], name }' | LC_ALL=C sort |
        sed -E 's/^. (.*)/*(.text.\1 .text.\1.*)/; s/17h\* .*/17h*)/'
}

# By their whole names, which hold for this compiler and these dependencies; then by what any compiler calls them.
nm --defined-only "$program" | awk '$2 ~ /[tTwW]/ { print $3 }' | exact > "$work/names"
for list in early ran; do
    short < "$work/$list" | LC_ALL=C sort -u > "$work/$list.short"
done
{
    echo '/* What a server runs while it is talked to, as scripts/warm.sh saw it. Generated: change that instead. */'
    echo 'SECTIONS { .text.warm : {'
    lay "$work/early" "$work/ran" < "$work/names"
    short < "$work/names" | lay "$work/early.short" "$work/ran.short"
    echo '} } INSERT BEFORE .text;'
} > scripts/warm.ld
wc -l scripts/warm.ld
