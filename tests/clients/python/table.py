"""The calls of calls.json, carried out by whatever client is given."""

import json
import re
import sys
from pathlib import Path

TABLE = json.loads((Path(__file__).parent.parent / "calls.json").read_text())
PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


class Wrong(Exception):
    """What a server answered and should not have."""


def check(holds, message):
    if not holds:
        raise Wrong(message)


def filled(value, known):
    """The value with every placeholder replaced; one that stands alone keeps the type of what it stands for."""
    if isinstance(value, dict):
        return {key: filled(inner, known) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, known) for inner in value]
    if not isinstance(value, str):
        return value
    if alone := PLACEHOLDER.fullmatch(value):
        return known[alone[1]]
    return PLACEHOLDER.sub(lambda found: str(known[found[1]]), value)


def at(value, pointer):
    """What a JSON pointer points at, or None."""
    for key in pointer.split("/")[1:]:
        try:
            value = value[int(key)] if isinstance(value, list) else value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def difference(one, other, pointer=""):
    """Where two values differ, and how; None where they do not."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        inner = (difference(one[key], other[key], f"{pointer}/{key}") for key in one)
        return next(filter(None, inner), None)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        inner = (difference(*pair, f"{pointer}/{index}") for index, pair in enumerate(zip(one, other)))
        return next(filter(None, inner), None)
    return None if one == other else f"{pointer}: {one!r} and {other!r}"


class Walk:
    """One client on its way through the table; `client` speaks with the server, `counts` says what was done."""

    def __init__(self, client):
        self.client = client
        self.counts = {"calls": 0, "reads": 0, "prompts": 0, "completions": 0}
        self.wrong = []

    async def attempt(self, what):
        """Await it; what is wrong with it is kept for the end, so that one run tells of everything."""
        try:
            await what
        except Exception as error:
            self.wrong.append(f"{error}" if isinstance(error, Wrong) else f"{error!r}")

    async def scenario(self, name, work):
        known = {"work": str(work)}
        for number, row in enumerate(TABLE["scenarios"][name], 1):
            row = {key: value if key == "keep" else filled(value, known) for key, value in row.items()}
            kind = next(kind for kind in ("call", "read", "prompt", "complete") if kind in row)
            try:
                await getattr(self, kind)(row, known)
            except Exception as error:
                raise Wrong(f"{name}, row {number}: {kind} {row[kind]}: {error}") from error

    async def call(self, row, known):
        self.counts["calls"] += 1
        answer = await self.client.call(row["call"], row.get("with", {}))
        content = answer.get("structuredContent")
        said = json.loads(answer["content"][0]["text"])
        expected = row.get("error")
        if answer.get("isError"):
            check(said["error"]["kind"] == expected, f"failed: {said}")
            return
        check(expected is None, f"did not fail with {expected}: {content}")
        different = difference(said, content)
        check(different is None, f"text and structuredContent differ at {different}")
        for pointer, value in row.get("expect", {}).items():
            check(at(content, pointer) == value, f"{pointer} is {at(content, pointer)!r} and not {value!r}: {content}")
        for name, pointer in row.get("keep", {}).items():
            known[name] = at(content, pointer)
            check(known[name] is not None, f"there is no {pointer}: {content}")

    async def read(self, row, _known):
        self.counts["reads"] += 1
        contents = await self.client.read(row["read"])
        check(len(contents) == 1 and contents[0]["uri"] == row["read"], f"another resource: {contents}")
        check(contents[0].get("mimeType") and contents[0].get("text"), f"empty: {contents}")
        check(row.get("says", "") in contents[0]["text"], f"it does not say {row.get('says')!r}: {contents}")

    async def prompt(self, row, _known):
        self.counts["prompts"] += 1
        messages = await self.client.prompt(row["prompt"], row["with"])
        check(messages, "no messages")
        text = "\n".join(message["content"]["text"] for message in messages)
        check(row.get("says", "") in text, f"it does not say {row.get('says')!r}: {text}")

    async def complete(self, row, _known):
        if not self.client.can_complete:
            return
        self.counts["completions"] += 1
        values = await self.client.complete(row["complete"], row["argument"])
        check(values == row["values"], f"completed with {values} and not {row['values']}")

    async def read_every_resource(self):
        resources = await self.client.resources()
        check(resources, "no resources are listed")
        for uri in resources:
            await self.read({"read": uri}, {})

    async def check_that_nothing_is_left_out(self):
        """The table has a row for everything that the server offers."""
        rows = [row for rows in TABLE["scenarios"].values() for row in rows]
        offers = {"call": "tools", "template": "templates", "prompt": "prompts"}
        missing = []
        for key, offer in offers.items():
            names = await getattr(self.client, offer)()
            check(names, f"no {offer} are listed")
            self.counts[f"{offer} listed"] = len(names)
            has = {row.get(key) for row in rows if "error" not in row}
            missing += [f"no {key} for {name}" for name in names if name not in has]
        check(not missing, f"calls.json is incomplete: {', '.join(missing)}")

    def add(self, other):
        for name, count in other.counts.items():
            self.counts[name] += count
        self.wrong += other.wrong

    def report(self, client):
        """One line that says what was done, and one for each thing that is wrong; the exit code."""
        counts = ", ".join(f"{count} {name}" for name, count in self.counts.items() if count)
        print(f"{client}: {counts}, {len(self.wrong)} wrong", flush=True)
        for wrong in self.wrong:
            print(f"{client}: {wrong[:1000]}", file=sys.stderr)
        return 1 if self.wrong else 0
