#!/bin/sh
# Packs wfmcp as an MCP bundle: one file that a desktop host installs with a double click.
set -eu

usage() {
    cat <<'TEXT'
Usage: scripts/mcpb.sh [--out DIR] [--binary FILE]

Packs DIR/wfmcp-VERSION-TARGET.mcpb (DIR is dist by default) and prints its path.

  --out DIR      where the bundle goes
  --binary FILE  the program to pack; built in release mode when absent
  --help         this text
TEXT
}

fail() {
    printf 'mcpb.sh: %s\n' "$1" >&2
    exit "${2:-1}"
}

manifest() { # VERSION PLATFORM
    cat <<TEXT
{
  "manifest_version": "0.3",
  "name": "wfmcp",
  "version": "$1",
  "description": "$(of_package description)",
  "author": { "name": "The wfmcp contributors", "url": "$(of_package repository)" },
  "repository": { "type": "git", "url": "$(of_package repository)" },
  "license": "$(of_package license)",
  "keywords": ["workflow", "durable", "automation"],
  "server": {
    "type": "binary",
    "entry_point": "server/wfmcp",
    "mcp_config": {
      "command": "\${__dirname}/server/wfmcp",
      "args": ["serve", "--stdio", "--root", "\${user_config.roots}"],
      "env": {
        "WFMCP_PROJECT": "\${user_config.project}",
        "WFMCP_SERVE_TOOLSETS": "\${user_config.toolsets}",
        "WFMCP_SERVE_READ_ONLY": "\${user_config.read_only}",
        "WFMCP_FILES_COMMANDS": "\${user_config.commands}"
      }
    }
  },
  "tools_generated": true,
  "compatibility": { "platforms": ["$2"] },
  "user_config": {
    "project": {
      "type": "string",
      "title": "Project",
      "description": "The project to work in; the active one when empty.",
      "default": ""
    },
    "toolsets": {
      "type": "string",
      "title": "Sets of tools",
      "description": "Such as workflows,authoring,files; \`all\` is every one, and empty are the usual ones.",
      "default": ""
    },
    "roots": {
      "type": "directory",
      "title": "Folders",
      "description": "Where the set \`files\` may read and write.",
      "multiple": true,
      "default": []
    },
    "commands": {
      "type": "boolean",
      "title": "Commands",
      "description": "Whether the set \`files\` may execute shell commands, which can touch whatever you can.",
      "default": false
    },
    "read_only": {
      "type": "boolean",
      "title": "Only look",
      "description": "Offer only what changes nothing.",
      "default": false
    }
  }
}
TEXT
}

of_package() { # KEY
    sed -n "s/^$1 = \"\(.*\)\"/\1/p" Cargo.toml | head -n 1
}

pack() { # OUT BINARY
    target=$(rustc -vV | sed -n 's/^host: //p')
    case $target in
        *-apple-darwin) platform=darwin ;;
        *-linux-*) platform=linux ;;
        *) fail "there are no bundles for $target" ;;
    esac
    version=$(of_package version)
    stage=$(mktemp -d)
    trap 'rm -rf "$stage"' EXIT
    mkdir -p "$1" "$stage/server"
    cp "$2" "$stage/server/wfmcp"
    chmod 755 "$stage/server/wfmcp"
    cp README.md LICENSE LICENSE-MIT LICENSE-APACHE "$stage"
    manifest "$version" "$platform" > "$stage/manifest.json"
    bundle=$(cd "$1" && pwd)/wfmcp-$version-$target.mcpb
    rm -f "$bundle"
    (cd "$stage" && zip -q -X -D -r "$bundle" .)
    printf '%s\n' "$bundle"
}

out=dist binary=''
while [ $# -gt 0 ]; do
    case $1 in
        --out | --binary)
            [ $# -ge 2 ] || fail "$1 needs a value" 2
            case $1 in --out) out=$2 ;; --binary) binary=$2 ;; esac
            shift 2
            ;;
        -h | --help)
            usage
            exit 0
            ;;
        *) fail "unknown argument: $1 (see --help)" 2 ;;
    esac
done

cd "$(dirname "$0")/.."
command -v zip > /dev/null || fail "zip is missing"
if [ -z "$binary" ]; then
    cargo build --release --locked --bin wfmcp >&2
    binary=${CARGO_TARGET_DIR:-target}/release/wfmcp
fi
[ -x "$binary" ] || fail "$binary is no program"
pack "$out" "$binary"
