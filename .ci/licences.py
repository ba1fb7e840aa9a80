#!/usr/bin/env python3
"""Check the dependency tree against [licenses] and [bans] of deny.toml, with nothing but cargo and Python 3.11.

What only cargo-deny can do (advisories, licence texts) is left to it.
"""

import json
import re
import subprocess
import sys
import tomllib

TOKENS = re.compile(r"\(|\)|[^\s()]+")


def holds(expression, allowed):
    """Whether an SPDX expression can be met with the allowed licences."""
    tokens = TOKENS.findall(expression.replace("/", " OR "))

    def alternatives():
        met = conjunction()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            met = conjunction() or met
        return met

    def conjunction():
        met = licence()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            met = licence() and met
        return met

    def licence():
        token = tokens.pop(0)
        if token == "(":
            met = alternatives()
            tokens.pop(0)
            return met
        if tokens[:1] == ["WITH"]:
            token = f"{token} WITH {tokens[1]}"
            del tokens[:2]
        return token in allowed

    return alternatives()


def main():
    with open("deny.toml", "rb") as file:
        rules = tomllib.load(file)
    allowed = set(rules["licenses"]["allow"])
    exceptions = {row["crate"]: set(row["allow"]) for row in rules["licenses"]["exceptions"]}
    banned = {row["crate"]: row["reason"] for row in rules["bans"]["deny"]}

    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
    packages = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["packages"]
    problems = []
    for package in packages:
        name, expression = package["name"], package["license"]
        if name in banned:
            problems.append(f"{name} is banned: {banned[name]}")
        if not expression:
            problems.append(f"{name} names no licence")
        elif not holds(expression, allowed | exceptions.get(name, set())):
            problems.append(f"{name}: {expression} is not allowed by deny.toml")
        if package["source"] and not package["source"].startswith("registry+https://github.com/rust-lang/"):
            problems.append(f"{name} comes from {package['source']}")
    unused = exceptions.keys() - {package["name"] for package in packages}
    problems += [f"deny.toml has an exception for {name}, which is not used" for name in sorted(unused)]

    print("\n".join(problems) or f"{len(packages)} packages, all allowed")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
