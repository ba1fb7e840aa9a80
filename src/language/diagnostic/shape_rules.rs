//! Codes for what does not have the form a document must have.

use super::{Rule, Severity};

pub(super) const ALL: &[&Rule] = &[
    &UNKNOWN_KEY,
    &WRONG_TYPE,
    &MISSING_KEY,
    &SEVERAL_KINDS,
    &CONFLICTING_KEYS,
    &MISPLACED_KEY,
    &BAD_ID,
    &BAD_DURATION,
    &BAD_CRON,
    &BAD_SCHEMA,
    &BAD_REGEX,
    &BAD_VALUE,
    &UNBOUNDED_REPEAT,
];

pub const UNKNOWN_KEY: Rule = Rule {
    code: "WF012",
    slug: "unknown-key",
    severity: Severity::Error,
    title: "A key means nothing here",
    page: "\
A key that nobody reads is nearly always a typing mistake, or a key that belongs one level higher or lower.
`validate --schema workflow` prints every key there is, and editors complete them from it.

```yaml
- id: build
  shel: make         # wrong: did you mean `shell`?
```
",
};

pub const WRONG_TYPE: Rule = Rule {
    code: "WF013",
    slug: "wrong-type",
    severity: Severity::Error,
    title: "A value has the wrong type",
    page: "\
For instance a text where true or false is due, or a number where a text is due. YAML reads `yes`, `on` and `true,` as
texts, and `1.20` as a number.

```yaml
retry: { attempts: 3, jitter: 'yes' }    # wrong
retry: { attempts: 3, jitter: true }     # right
```
",
};

pub const MISSING_KEY: Rule = Rule {
    code: "WF014",
    slug: "missing-key",
    severity: Severity::Error,
    title: "A key that must be there is missing",
    page: "\
The message names the key and the mapping that lacks it.

```yaml
- id: ask
  wait: { for: approval }                        # wrong: what is asked?
- id: ask
  wait: { for: approval, ask: 'Publish it?' }    # right
```
",
};

pub const SEVERAL_KINDS: Rule = Rule {
    code: "WF015",
    slug: "several-kinds",
    severity: Severity::Error,
    title: "A step says more than one thing to do",
    page: "\
A step has exactly one of `shell`, `mcp_call`, `prompt`, `wait`, `delegate`, `workflow`, `steps`, `call`, `set` and
`fail` (or none of them: a manual step). Make two steps of it; the second needs the first by itself.

```yaml
- id: test
  shell: cargo test
- id: notes
  prompt: Write the notes.
```
",
};

pub const CONFLICTING_KEYS: Rule = Rule {
    code: "WF016",
    slug: "conflicting-keys",
    severity: Severity::Error,
    title: "Two keys exclude each other, or are two names of one thing",
    page: "\
Some keys have an older name (`dependencies` for `needs`, `target_machines` for `on`): only one of the two may be
written. Others answer the same question in two ways.

```yaml
- id: b
  needs: [a]
  dependencies: [c]                      # wrong: say it once
- id: later
  wait: { until: '2027-01-01T00:00:00Z', for: approval, ask: 'Now?' }   # wrong: time or somebody
```
",
};

pub const MISPLACED_KEY: Rule = Rule {
    code: "WF017",
    slug: "misplaced-key",
    severity: Severity::Error,
    title: "A key has no effect without another one",
    page: "\
`as` and `parallel` belong to `foreach`, `with` to `call` and `workflow`, `parse` to `shell`.

```yaml
- id: publish
  parallel: 2               # wrong: two of what?
  shell: ./publish.sh
- id: publish-all
  foreach: inputs.targets
  parallel: 2               # right
  shell: ./publish.sh {{ item }}
```
",
};

pub const BAD_ID: Rule = Rule {
    code: "WF018",
    slug: "bad-id",
    severity: Severity::Error,
    title: "A name has characters it may not have",
    page: "\
Ids of steps and names of inputs, checks and prompts begin with a letter or `_` and go on with letters, digits, `_` and
`-`; they have at most 100 characters. That is what lets them be written in expressions and on a command line. Names of
environment variables have no `-`.

```yaml
- id: unit tests      # wrong
- id: unit-tests      # right
```
",
};

pub const BAD_DURATION: Rule = Rule {
    code: "WF019",
    slug: "bad-duration",
    severity: Severity::Error,
    title: "A duration cannot be read",
    page: "\
A duration is a number with its unit, or several: `500ms`, `10s`, `15m`, `2h`, `1h30m`, `2d`, `1w`. A bare number is
refused because nobody can tell its unit.

```yaml
timeout: 90          # wrong: seconds? minutes?
timeout: 90s         # right
```
",
};

pub const BAD_CRON: Rule = Rule {
    code: "WF020",
    slug: "bad-cron",
    severity: Severity::Error,
    title: "A schedule cannot be read",
    page: "\
`schedule` is a cron line of five fields: minute, hour, day of month, month, day of week. Six fields begin with seconds.
The day it names must exist in some year.

```yaml
schedule: '0 9 * * 1-5'      # at nine, Monday to Friday
schedule: '0 9 30 2 *'       # wrong: February has no thirtieth
```
",
};

pub const BAD_SCHEMA: Rule = Rule {
    code: "WF021",
    slug: "bad-schema",
    severity: Severity::Error,
    title: "A JSON Schema is not valid",
    page: "\
`inputs`, `result` and `parameters` hold JSON Schemas (Draft 7 or 2020-12). A `$ref` may point into the schema itself
only; nothing is fetched.

```yaml
result: { type: strng }                                              # wrong: no such type
result: { type: object, required: title }                            # wrong: `required` is a list
result: { type: object, required: [title], properties: { title: { type: string } } }
```
",
};

pub const BAD_REGEX: Rule = Rule {
    code: "WF022",
    slug: "bad-regex",
    severity: Severity::Error,
    title: "A regular expression cannot be read",
    page: "\
`pattern` and `patternProperties` of a JSON Schema hold regular expressions. Write them in single quotes, where a
backslash is a backslash.

```yaml
pattern: '^\\d+\\.\\d+\\.\\d+$'
```
",
};

pub const BAD_VALUE: Rule = Rule {
    code: "WF023",
    slug: "bad-value",
    severity: Severity::Error,
    title: "A value is not one of those allowed",
    page: "\
The message names what is allowed: one of a few words, or a range of numbers.

```yaml
on_error: ignore        # wrong
on_error: continue      # right
```
",
};

pub const UNBOUNDED_REPEAT: Rule = Rule {
    code: "WF024",
    slug: "unbounded-repeat",
    severity: Severity::Error,
    title: "A repetition has no bound",
    page: "\
`repeat` needs `max`: a condition that never comes true must not run for ever.

```yaml
repeat: { until: steps.poll.result == 'ready', max: 60, every: 10s }
```
",
};
