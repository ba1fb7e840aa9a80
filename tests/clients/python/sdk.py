"""The Python SDK, which checks every structured content against the tool's output schema by itself.

Usage: sdk.py BINARY FOLDER ERA, with an empty FOLDER and `legacy` or `modern` for ERA.
"""

import asyncio
import os
import sys
from importlib.metadata import version
from pathlib import Path

from mcp import Client, StdioServerParameters
from mcp_types import PromptReference, ResourceTemplateReference

from table import TABLE, Walk, check, filled

MODES = {"legacy": ("legacy", "2025-11-25"), "modern": ("auto", "2026-07-28")}


def wire(model):
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


class Sdk:
    can_complete = True

    def __init__(self, client):
        self.client = client

    async def all(self, method, field):
        """Every item of a list, page after page."""
        items, cursor = [], None
        while True:
            page = await method(cursor=cursor)
            items += getattr(page, field)
            cursor = page.next_cursor
            if cursor is None:
                return items

    async def tools(self):
        return [tool.name for tool in await self.all(self.client.list_tools, "tools")]

    async def templates(self):
        listed = await self.all(self.client.list_resource_templates, "resource_templates")
        return [template.uri_template for template in listed]

    async def resources(self):
        return [str(resource.uri) for resource in await self.all(self.client.list_resources, "resources")]

    async def prompts(self):
        return [prompt.name for prompt in await self.all(self.client.list_prompts, "prompts")]

    async def call(self, tool, arguments):
        result = await self.client.call_tool(tool, arguments)
        # A null inside of the structured content is a value: it is handed on as it came.
        return {**wire(result), "structuredContent": result.structured_content}

    async def read(self, uri):
        return wire(await self.client.read_resource(uri))["contents"]

    async def prompt(self, name, arguments):
        return wire(await self.client.get_prompt(name, arguments))["messages"]

    async def complete(self, reference, argument):
        kind = {"ref/prompt": PromptReference, "ref/resource": ResourceTemplateReference}[reference["type"]]
        return (await self.client.complete(kind(**reference), argument)).completion.values


async def main(binary, folder, era):
    mode, protocol = MODES[era]
    home, work = folder / "home", folder / "work"
    home.mkdir()
    work.mkdir()
    given = {name: os.environ[name] for name in ("ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY")}
    arguments = filled(TABLE["server"], {"work": str(work)})
    server = StdioServerParameters(command=binary, args=arguments, cwd=work, env={"HOME": str(home), **given})
    async with Client(server, mode=mode, read_timeout_seconds=60) as client:
        check(client.protocol_version == protocol, f"{client.protocol_version} was agreed on and not {protocol}")
        walk = Walk(Sdk(client))
        await walk.attempt(walk.check_that_nothing_is_left_out())
        for scenario in TABLE["scenarios"]:
            await walk.attempt(walk.scenario(scenario, work))
        await walk.attempt(walk.read_every_resource())
    return walk.report(f"Python SDK {version('mcp')}, {protocol}")


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])))
