#!/bin/sh
# Builds wfmcp and lays it out as it is installed: bin/ and share/, ready to be copied below any prefix.
set -eu

usage() {
    cat <<'TEXT'
Usage: scripts/package.sh [--out DIR] [--tree DIR [--no-build]]

Without --tree, packs DIR/wfmcp-VERSION-TARGET.tar.gz (DIR is dist by default) and writes DIR/SHA256SUMS.

  --out DIR    where the archive goes
  --tree DIR   only lay the files out in DIR, for install.sh
  --no-build   with --tree: an empty file stands where the program would be
  --help       this text
TEXT
}

fail() {
    printf 'package.sh: %s\n' "$1" >&2
    exit "${2:-1}"
}

copy() { # FILE FOLDER [NAME]
    [ -f "$1" ] || fail "$1 is missing"
    mkdir -p "$2"
    cp "$1" "$2/${3:-$(basename "$1")}"
}

build() { # FOLDER
    mkdir -p "$1"
    if [ "$build" = no ]; then
        : > "$1/wfmcp"
        return
    fi
    command -v cargo > /dev/null || fail "cargo is missing: install Rust from https://rustup.rs"
    cargo build --release --locked --bin wfmcp >&2
    copy "${CARGO_TARGET_DIR:-target}/release/wfmcp" "$1"
    chmod 755 "$1/wfmcp"
}

lay_out() { # TREE
    copy completions/wfmcp.bash "$1/share/bash-completion/completions" wfmcp
    copy completions/_wfmcp "$1/share/zsh/site-functions"
    copy completions/wfmcp.fish "$1/share/fish/vendor_completions.d"
    for page in man/*.1; do
        copy "$page" "$1/share/man/man1"
    done
    for text in README.md CHANGELOG.md LICENSE LICENSE-MIT LICENSE-APACHE; do
        copy "$text" "$1/share/doc/wfmcp"
    done
    for example in workflows/*.yaml workflows/*/*.yaml; do
        copy "$example" "$1/share/doc/wfmcp/$(dirname "$example")"
    done
    build "$1/bin"
}

pack() { # OUT
    version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
    target=$(rustc -vV | sed -n 's/^host: //p')
    name=wfmcp-$version-$target
    stage=$(mktemp -d)
    trap 'rm -rf "$stage"' EXIT
    lay_out "$stage/$name"
    cp install.sh "$stage/$name"
    mkdir -p "$1"
    tar -czf "$1/$name.tar.gz" -C "$stage" "$name"
    cd "$1"
    if command -v sha256sum > /dev/null; then
        sha256sum wfmcp-*.tar.gz > SHA256SUMS
    else
        shasum -a 256 wfmcp-*.tar.gz > SHA256SUMS
    fi
    printf '%s\n' "$1/$name.tar.gz"
}

out=dist tree='' build=yes
while [ $# -gt 0 ]; do
    case $1 in
        --out | --tree)
            [ $# -ge 2 ] || fail "$1 needs a folder" 2
            case $1 in --out) out=$2 ;; --tree) tree=$2 ;; esac
            shift 2
            ;;
        --no-build)
            build=no
            shift
            ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) fail "unknown argument: $1 (see --help)" 2 ;;
    esac
done

cd "$(dirname "$0")/.."
if [ -n "$tree" ]; then
    lay_out "$tree"
else
    [ "$build" = yes ] || fail "--no-build goes with --tree" 2
    pack "$out"
fi
