// The TypeScript SDK, which checks every structured content against the tool's output schema by itself.
//
// Usage: sdk.mjs BINARY FOLDER ERA CALLS, with an empty FOLDER, `legacy` or `modern` for ERA and the path of calls.json.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const [binary, folder, era, calls] = process.argv.slice(2);
const table = JSON.parse(readFileSync(calls, 'utf8'));
const [mode, protocol] = { legacy: ['legacy', '2025-11-25'], modern: ['auto', '2026-07-28'] }[era];
const counts = { calls: 0, reads: 0, prompts: 0, completions: 0 };
const wrong = [];

/** The value with every placeholder replaced; one that stands alone keeps the type of what it stands for. */
function filled(value, known) {
    if (Array.isArray(value)) return value.map(inner => filled(inner, known));
    if (value instanceof Object) {
        return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, known)]));
    }
    if (typeof value !== 'string') return value;
    const alone = /^\$\{(\w+)\}$/.exec(value);
    return alone ? known[alone[1]] : value.replace(/\$\{(\w+)\}/g, (_, name) => known[name]);
}

/** What a JSON pointer points at, or undefined. */
function at(value, pointer) {
    return pointer.split('/').slice(1).reduce((inner, key) => inner?.[key], value);
}

const does = {
    async call(row, known) {
        counts.calls += 1;
        const answer = await client.callTool({ name: row.call, arguments: row.with ?? {} });
        const said = JSON.parse(answer.content[0].text);
        if (answer.isError) {
            assert.equal(said.error.kind, row.error, `failed: ${answer.content[0].text}`);
            return;
        }
        assert.equal(undefined, row.error, `did not fail: ${answer.content[0].text}`);
        assert.deepEqual(said, answer.structuredContent);
        for (const [pointer, value] of Object.entries(row.expect ?? {})) {
            assert.deepEqual(at(said, pointer), value, `${pointer} is not ${value}: ${answer.content[0].text}`);
        }
        for (const [name, pointer] of Object.entries(row.keep ?? {})) {
            known[name] = at(said, pointer);
            assert.ok(known[name], `there is no ${pointer}: ${answer.content[0].text}`);
        }
    },

    async read(row) {
        counts.reads += 1;
        const { contents } = await client.readResource({ uri: row.read });
        assert.deepEqual(contents.map(({ uri }) => uri), [row.read]);
        assert.ok(contents[0].mimeType && contents[0].text, 'it is empty');
        assert.ok(contents[0].text.includes(row.says ?? ''), `it does not say ${row.says}`);
    },

    async prompt(row) {
        counts.prompts += 1;
        const { messages } = await client.getPrompt({ name: row.prompt, arguments: row.with });
        const text = messages.map(({ content }) => content.text).join('\n');
        assert.ok(text && text.includes(row.says ?? ''), `it does not say ${row.says}: ${text}`);
    },

    async complete(row) {
        counts.completions += 1;
        const { completion } = await client.complete({ ref: row.complete, argument: row.argument });
        assert.deepEqual(completion.values, row.values);
    }
};

async function scenario(name, rows) {
    const known = { work };
    for (const [index, unfilled] of rows.entries()) {
        const { keep, ...rest } = unfilled;
        const row = { ...filled(rest, known), keep };
        const kind = ['call', 'read', 'prompt', 'complete'].find(kind => kind in row);
        try {
            await does[kind](row, known);
        } catch (error) {
            wrong.push(`${name}, row ${index + 1}: ${kind} ${JSON.stringify(row[kind])}: ${error.message}`);
            return;
        }
    }
}

/** The table has a row for everything that the server offers. */
async function checkThatNothingIsLeftOut() {
    const rows = Object.values(table.scenarios).flat().filter(row => row.error === undefined);
    const offers = {
        call: ['tools', (await client.listTools()).tools.map(({ name }) => name)],
        template: ['templates', (await client.listResourceTemplates()).resourceTemplates.map(one => one.uriTemplate)],
        prompt: ['prompts', (await client.listPrompts()).prompts.map(({ name }) => name)]
    };
    for (const [key, [offer, names]] of Object.entries(offers)) {
        counts[`${offer} listed`] = names.length;
        if (names.length === 0) wrong.push(`no ${offer} are listed`);
        const missing = names.filter(name => !rows.some(row => row[key] === name));
        wrong.push(...missing.map(name => `calls.json is incomplete: no ${key} for ${name}`));
    }
}

const [home, work] = ['home', 'work'].map(name => join(folder, name));
for (const made of [home, work]) mkdirSync(made);
const { ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY } = process.env;
const client = new Client({ name: 'typescript-sdk', version: '1' }, { versionNegotiation: { mode } });
await client.connect(new StdioClientTransport({
    command: binary,
    args: filled(table.server, { work }),
    cwd: work,
    env: { PATH: process.env.PATH, HOME: home, ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY }
}));
assert.equal(client.getNegotiatedProtocolVersion(), protocol);
await checkThatNothingIsLeftOut();
for (const [name, rows] of Object.entries(table.scenarios)) await scenario(name, rows);
const { resources } = await client.listResources();
if (resources.length === 0) wrong.push('no resources are listed');
await scenario('every resource that is listed', resources.map(({ uri }) => ({ read: uri })));
await client.close();

const version = JSON.parse(readFileSync(join(import.meta.dirname, 'package.json'))).dependencies['@modelcontextprotocol/client'];
const told = `TypeScript SDK ${version}, ${protocol}`;
const done = Object.entries(counts).filter(([, count]) => count > 0).map(([name, count]) => `${count} ${name}`);
console.log(`${told}: ${done.join(', ')}, ${wrong.length} wrong`);
for (const one of wrong) console.error(`${told}: ${one.slice(0, 1000)}`);
process.exitCode = wrong.length > 0 ? 1 : 0;
