"""The MCP inspector's command line, which opens a connection for every single request.

What one connection leaves behind the next one finds. Scenarios run beside each other, each in a home of its own.
Usage: inspector.py BINARY FOLDER ERA NODE_MODULES, with an empty FOLDER and `legacy` or `modern` for ERA.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from jsonschema import validators
from table import TABLE, Walk, Wrong, check, filled

TOOL_FAILED, LINTED_BADLY = 5, 6
AT_ONCE = asyncio.Semaphore(6)


class Inspector:
    can_complete = False
    # What checks a tool's structured content, by its name, once the tools are listed.
    schemas = {}

    def __init__(self, binary, folder, era, modules):
        self.home, self.work = folder / "home", folder / "work"
        self.home.mkdir(parents=True)
        self.work.mkdir()
        given = {name: os.environ[name] for name in ("ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY")}
        self.options = ["--cli", "--quiet", "--format", "json", "--protocol-era", era, "--cwd", str(self.work)]
        for name, value in {"HOME": str(self.home), **given}.items():
            self.options += ["-e", f"{name}={value}"]
        self.server = [binary, *filled(TABLE["server"], {"work": str(self.work)})]
        # Its own Node comes first.
        self.environment = {
            "HOME": str(folder),
            "PATH": f"{modules}/.bin:{os.environ['PATH']}",
            "NODE_COMPILE_CACHE": f"{modules}/.compiled",
        }
        self.inspector = f"{modules}/.bin/mcp-inspector"

    async def ask(self, method, *options):
        async with AT_ONCE:
            words = [self.inspector, *self.options, *self.server, "--method", method, *options]
            pipe = asyncio.subprocess.PIPE
            started = asyncio.create_subprocess_exec(*words, stdout=pipe, stderr=pipe, env=self.environment)
            process = await started
            try:
                said, complained = await asyncio.wait_for(process.communicate(), 60)
            except TimeoutError:
                process.kill()
                raise Wrong(f"no answer to {method} {options}") from None
        complaint = complained.decode().strip()
        check(process.returncode != LINTED_BADLY, f"the schemas are not portable: {complaint}")
        check(process.returncode in (0, TOOL_FAILED) and said, f"code {process.returncode}: {complaint}")
        return json.loads(said)["result"]

    async def tools(self):
        tools = (await self.ask("tools/list", "--strict"))["tools"]
        for tool in tools:
            kind = validators.validator_for(tool["outputSchema"])
            kind.check_schema(tool["outputSchema"])
            self.schemas[tool["name"]] = kind(tool["outputSchema"])
        return [tool["name"] for tool in tools]

    async def templates(self):
        return [one["uriTemplate"] for one in (await self.ask("resources/templates/list"))["resourceTemplates"]]

    async def resources(self):
        return [resource["uri"] for resource in (await self.ask("resources/list"))["resources"]]

    async def prompts(self):
        return [prompt["name"] for prompt in (await self.ask("prompts/list"))["prompts"]]

    async def call(self, tool, arguments):
        answer = await self.ask("tools/call", "--tool-name", tool, "--tool-args-json", json.dumps(arguments))
        if not answer.get("isError"):
            self.schemas[tool].validate(answer["structuredContent"])
        return answer

    async def read(self, uri):
        return (await self.ask("resources/read", "--uri", uri))["contents"]

    async def prompt(self, name, arguments):
        pairs = [f"{key}={value}" for key, value in arguments.items()]
        given = ["--prompt-args", *pairs] if pairs else []
        return (await self.ask("prompts/get", "--prompt-name", name, *given))["messages"]


async def main(binary, folder, era, modules):
    def inspector(name):
        return Inspector(binary, folder / name, era, modules)

    walk = Walk(inspector("lists"))
    await walk.attempt(walk.check_that_nothing_is_left_out())

    async def alone(number, scenario):
        part = Walk(inspector(str(number)))
        await part.attempt(part.scenario(scenario, part.client.work))
        if number == 0:
            await part.attempt(part.read_every_resource())
        walk.add(part)

    await asyncio.gather(*(alone(*numbered) for numbered in enumerate(TABLE["scenarios"])))
    package = json.loads((modules / "@modelcontextprotocol/inspector/package.json").read_text())
    return walk.report(f"Inspector {package['version']}, {era}")


if __name__ == "__main__":
    binary, folder, era, modules = sys.argv[1:]
    sys.exit(asyncio.run(main(binary, Path(folder), era, Path(modules))))
