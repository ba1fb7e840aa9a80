//! Codes for what is wrong with the text before it means anything.

use super::{Rule, Severity};

pub(super) const ALL: &[&Rule] = &[
    &SYNTAX,
    &DUPLICATE_KEY,
    &LIMIT,
    &UNKNOWN_ALIAS,
    &SEVERAL_DOCUMENTS,
    &UNKNOWN_TAG,
    &NUMBER_RANGE,
    &UNQUOTED_TEMPLATE,
    &COMPLEX_KEY,
    &MERGE_KEY,
];

pub const SYNTAX: Rule = Rule {
    code: "WF001",
    slug: "yaml-syntax",
    severity: Severity::Error,
    title: "The text is not YAML",
    page: "\
The file could not be read as YAML, so nothing after this place was looked at. Usual causes: a tab used for
indentation, a line that is indented by a different amount than its neighbours, a quote or bracket that is never
closed, or a second `: ` in a text that has no quotes.

```yaml
description: Deploy: the second step      # wrong: two colons
description: 'Deploy: the second step'    # right
```
",
};

pub const DUPLICATE_KEY: Rule = Rule {
    code: "WF002",
    slug: "duplicate-key",
    severity: Severity::Error,
    title: "A key is written twice in one mapping",
    page: "\
YAML keeps one value per key, and tools differ on which one. Here it is an error, so that no line is silently lost.

```yaml
- id: build
  shell: make
  timeout: 5m
  timeout: 10m      # wrong: which of the two?
```
",
};

pub const LIMIT: Rule = Rule {
    code: "WF003",
    slug: "limit",
    severity: Severity::Error,
    title: "A document is larger or deeper than allowed",
    page: "\
Files may have 1 MiB, nesting 64 levels, aliases may expand to 10,000 values, and a workflow may have 10,000 steps.
The limits keep a mistake (or an attack) from using up the machine. Split the workflow into several with `workflow:`
steps, or loop with `foreach` instead of writing every step out.

```yaml
- id: each
  foreach: inputs.targets
  workflow: { name: release-one, with: { target: '{{ item }}' } }
```
",
};

pub const UNKNOWN_ALIAS: Rule = Rule {
    code: "WF004",
    slug: "unknown-alias",
    severity: Severity::Error,
    title: "An alias names an anchor that is not there",
    page: "\
`*name` repeats the value that `&name` marked earlier in the same file. A text that begins with `*` needs quotes.

```yaml
env: &common { CI: '1' }
steps:
  - shell: make
    env: *common
  - shell: find . -name *.rs     # fine, the star is not at the beginning
  - fail: '*** stopped ***'      # needs quotes
```
",
};

pub const SEVERAL_DOCUMENTS: Rule = Rule {
    code: "WF005",
    slug: "several-documents",
    severity: Severity::Error,
    title: "A file holds more than one document",
    page: "\
One file is one workflow, pattern, prompt or test. A line `---` starts another document: put it into its own file.

```yaml
name: first
steps: []
---                # wrong: the second document starts here
name: second
```
",
};

pub const UNKNOWN_TAG: Rule = Rule {
    code: "WF006",
    slug: "unknown-tag",
    severity: Severity::Error,
    title: "A YAML tag is not understood, or does not fit its value",
    page: "\
Only the tags of YAML's core schema are understood: `!!str`, `!!int`, `!!float`, `!!bool`, `!!null`, `!!seq`, `!!map`.
A text that begins with `!` needs quotes.

```yaml
version: !!str 1.10     # a text
shell: '! grep -q TODO src'
```
",
};

pub const NUMBER_RANGE: Rule = Rule {
    code: "WF007",
    slug: "number-range",
    severity: Severity::Error,
    title: "A number cannot be kept exactly",
    page: "\
Whole numbers have 64 bits, and infinity or not-a-number cannot travel as JSON. Write a text, with quotes, where the
digits matter rather than the number.

```yaml
inputs:
  account: { type: string, default: '12345678901234567890123' }
```
",
};

pub const UNQUOTED_TEMPLATE: Rule = Rule {
    code: "WF008",
    slug: "unquoted-template",
    severity: Severity::Warning,
    title: "A template without quotes is something else to YAML",
    page: "\
In YAML an opening brace starts a mapping, and inside `{ }` a brace or comma ends a value. wfmcp sees what is meant,
but editors and other tools do not. `validate --fix` adds the quotes.

```yaml
title: {{ inputs.title }}                      # wrong
undo: { shell: ./unpublish.sh {{ item }} }     # wrong
title: '{{ inputs.title }}'                    # right
undo: { shell: './unpublish.sh {{ item }}' }   # right
```
",
};

pub const COMPLEX_KEY: Rule = Rule {
    code: "WF009",
    slug: "complex-key",
    severity: Severity::Error,
    title: "A key is not a plain text",
    page: "\
Keys are names. A list, a mapping or nothing at all cannot be a key here.

```yaml
env:
  ? [a, b]          # wrong
  : value
  NAME: value       # right
```
",
};

pub const MERGE_KEY: Rule = Rule {
    code: "WF010",
    slug: "merge-key",
    severity: Severity::Error,
    title: "A merge key does not name mappings",
    page: "\
`<<` takes over the keys of another mapping, or of a list of mappings; keys written beside it win.

```yaml
steps:
  - id: a
    shell: make a
    retry: &patient { attempts: 5, delay: 10s }
  - id: b
    shell: make b
    retry: { <<: *patient, attempts: 2 }
```
",
};
