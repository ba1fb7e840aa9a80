#!/bin/sh
# Installs wfmcp below a prefix: the program, its man pages, its completions and its examples.
set -eu
export LC_ALL=C

usage() {
    cat <<'TEXT'
Usage: ./install.sh [--prefix DIR] [--archive FILE | --from-source] [--dry-run]
       ./install.sh --uninstall [--prefix DIR] [--dry-run]

Run from an unpacked release archive it installs what lies beside it; run from a checkout it builds from source.

  --prefix DIR     where to install (default: ~/.local)
  --archive FILE   install this release archive; it is checked if SHA256SUMS lies beside it
  --from-source    build with cargo, then install
  --uninstall      remove what an earlier run installed; your workflows and runs stay
  --dry-run        say what would be done, and do nothing
  --help           this text
TEXT
}

fail() { # MESSAGE [EXIT CODE]
    printf 'install.sh: %s\n' "$1" >&2
    exit "${2:-1}"
}

say() {
    printf '%s\n' "$1"
}

need() { # COMMAND WHY
    command -v "$1" > /dev/null || fail "$1 is missing: $2"
}

absolute() { # PATH
    case $1 in
        /*) printf '%s\n' "$1" ;;
        *) printf '%s/%s\n' "$(pwd)" "$1" ;;
    esac
}

sha256() { # FILE
    if command -v sha256sum > /dev/null; then
        sha256sum "$1"
    else
        shasum -a 256 "$1"
    fi | cut -d ' ' -f 1
}

check_sum() { # ARCHIVE
    sums=$(dirname "$1")/SHA256SUMS
    if [ ! -f "$sums" ]; then
        say "no SHA256SUMS beside the archive: its content is not checked"
        return
    fi
    expected=$(awk -v name="$(basename "$1")" '$2 == name || $2 == "*" name { print $1 }' "$sums")
    [ -n "$expected" ] || fail "$sums does not name $(basename "$1")"
    command -v sha256sum > /dev/null || need shasum "it, or sha256sum, checks the archive"
    [ "$(sha256 "$1")" = "$expected" ] || fail "$1 is damaged: its SHA-256 is not the one in $sums"
    say "checksum is right"
}

unpack() { # ARCHIVE; sets tree
    [ -f "$1" ] || fail "there is no archive $1"
    need tar "it unpacks the archive"
    check_sum "$1"
    mkdir "$work/archive"
    tar -xzf "$1" -C "$work/archive" || fail "$1 is not a release archive"
    for tree in "$work"/archive/*/; do
        tree=${tree%/}
        [ ! -f "$tree/bin/wfmcp" ] || return 0
    done
    fail "$1 is not a release archive of wfmcp: bin/wfmcp is missing"
}

build() { # sets tree
    [ -f "$here/scripts/package.sh" ] || fail "$here is not a checkout: give a release archive with --archive FILE"
    tree=$work/tree
    if [ "$dry" = yes ]; then
        say "would build with cargo build --release --locked"
        sh "$here/scripts/package.sh" --tree "$tree" --no-build
    else
        need cargo "building needs Rust (https://rustup.rs); or give a release archive with --archive FILE"
        sh "$here/scripts/package.sh" --tree "$tree"
    fi
}

find_tree() { # sets tree
    if [ -n "$archive" ]; then
        unpack "$archive"
    elif [ "$source" = yes ]; then
        build
    elif [ -f "$here/bin/wfmcp" ]; then
        tree=$here
    elif [ -f "$here/Cargo.toml" ]; then
        build
    else
        fail "there is nothing to install beside install.sh: give a release archive with --archive FILE"
    fi
    [ "$dry" = yes ] || "$tree/bin/wfmcp" --version > /dev/null 2>&1 ||
        fail "this wfmcp does not run here: is the archive for another system than $(uname -sm)?"
}

put() { # FILE, relative to tree and prefix
    mkdir -p "$(dirname "$prefix/$1")"
    # A new file in the old one's place: a running wfmcp keeps the old.
    cp "$tree/$1" "$prefix/$1.new"
    case $1 in
        bin/*) chmod 755 "$prefix/$1.new" ;;
        *) chmod 644 "$prefix/$1.new" ;;
    esac
    mv -f "$prefix/$1.new" "$prefix/$1"
}

install_tree() {
    find_tree
    (cd "$tree" && find bin share -type f | sort) > "$work/files"
    if [ "$dry" = yes ]; then
        sed "s|^|would install $prefix/|" "$work/files"
        return
    fi
    mkdir -p "$prefix/share/wfmcp" 2> /dev/null || :
    [ -w "$prefix/share/wfmcp" ] ||
        fail "$prefix cannot be written: choose another --prefix, or run it as its owner"
    while IFS= read -r file; do
        put "$file"
    done < "$work/files"
    if [ -f "$manifest" ]; then
        sort "$manifest" | comm -23 - "$work/files" | while IFS= read -r file; do
            rm -f "$prefix/$file"
        done
    fi
    cp "$work/files" "$manifest"
    say "installed $("$prefix/bin/wfmcp" --version) in $prefix ($(wc -l < "$work/files" | tr -d ' ') files)"
    case :$PATH: in
        *":$prefix/bin:"*) say "next: wfmcp --help" ;;
        *) say "next: add $prefix/bin to your PATH, then wfmcp --help" ;;
    esac
}

uninstall() {
    [ -f "$manifest" ] || fail "nothing to remove: $manifest is missing. Was it installed with another --prefix?"
    while IFS= read -r file; do
        if [ "$dry" = yes ]; then
            say "would remove $prefix/$file"
            continue
        fi
        rm -f "$prefix/$file"
        # Folders that this leaves empty go too, up to the prefix; a folder that is not empty stops it.
        folder=$(dirname "$file")
        while [ "$folder" != . ] && rmdir "$prefix/$folder" 2> /dev/null; do
            folder=$(dirname "$folder")
        done
    done < "$manifest"
    [ "$dry" = yes ] && return
    rm -f "$manifest"
    rmdir "$prefix/share/wfmcp" "$prefix/share" 2> /dev/null || :
    say "removed wfmcp from $prefix; workflows and runs in your home stay"
}

prefix='' archive='' source=no action=install dry=no
while [ $# -gt 0 ]; do
    case $1 in
        --prefix | --archive)
            [ -n "${2:-}" ] || fail "$1 needs a value" 2
            case $1 in --prefix) prefix=$2 ;; --archive) archive=$2 ;; esac
            shift
            ;;
        --prefix=*) prefix=${1#*=} ;;
        --archive=*) archive=${1#*=} ;;
        --from-source) source=yes ;;
        --uninstall) action=uninstall ;;
        --dry-run) dry=yes ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) fail "unknown argument: $1 (see --help)" 2 ;;
    esac
    shift
done
[ -z "$archive" ] || [ "$source" = no ] || fail "--archive and --from-source exclude each other" 2
[ -n "$prefix" ] || [ -n "${HOME:-}" ] || fail "HOME is not set: say where with --prefix DIR" 2

here=$(cd "$(dirname "$0")" && pwd)
prefix=$(absolute "${prefix:-$HOME/.local}")
manifest=$prefix/share/wfmcp/manifest
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
case $action in
    install) install_tree ;;
    uninstall) uninstall ;;
esac
