//! Codes for what has the right form and still cannot be run.

use super::{Rule, Severity};

pub(super) const ALL: &[&Rule] = &[
    &DUPLICATE_ID,
    &UNKNOWN_STEP,
    &CYCLE,
    &UNKNOWN_CHECK,
    &UNKNOWN_WORKFLOW,
    &WORKFLOW_RECURSION,
    &UNKNOWN_PROMPT,
    &BAD_DEFAULT,
    &NOT_A_WORKFLOW,
    &UNHEARD_WORDS,
    &UNTESTED_NAME,
];

pub const DUPLICATE_ID: Rule = Rule {
    code: "WF030",
    slug: "duplicate-id",
    severity: Severity::Error,
    title: "Two steps have the same id",
    page: "\
An id names one step: results, logs and retries are kept under it. The steps of a group have names of their own; those
of `steps`, `on_failure` and `finally` share one set.

```yaml
- { id: test, shell: cargo test }
- { id: test, shell: cargo clippy }      # wrong
```
",
};

pub const UNKNOWN_STEP: Rule = Rule {
    code: "WF031",
    slug: "unknown-step",
    severity: Severity::Error,
    title: "A step needs one that is not there",
    page: "\
`needs` holds ids of steps of the same list. A step inside a group cannot need one outside of it: let the group need it.

```yaml
- id: build
  shell: make
- id: test
  needs: [biuld]       # wrong: did you mean `build`?
  shell: make test
```
",
};

pub const CYCLE: Rule = Rule {
    code: "WF032",
    slug: "cycle",
    severity: Severity::Error,
    title: "Steps wait for each other",
    page: "\
No step of the circle could ever start. Take one of the `needs` out. A step without `needs` needs the one before it.

```yaml
- { id: a, needs: [b], shell: 'true' }
- { id: b, needs: [a], shell: 'true' }      # wrong
```
",
};

pub const UNKNOWN_CHECK: Rule = Rule {
    code: "WF033",
    slug: "unknown-check",
    severity: Severity::Error,
    title: "A check is not declared",
    page: "\
`enforcement` and `validation` name checks of the workflow's `checks`, or `manual-review` and `code-review`, which are
built in.

```yaml
checks:
  unit-tests: { shell: cargo test --workspace, timeout: 15m }
steps:
  - name: Write the parser
    enforcement: code-review
    validation: unit-tests
```
",
};

pub const UNKNOWN_WORKFLOW: Rule = Rule {
    code: "WF034",
    slug: "unknown-workflow",
    severity: Severity::Error,
    title: "A workflow that a step starts cannot be used",
    page: "\
A `workflow` step names a workflow of the catalogue or a file relative to this one, and it must be valid itself.
`wfmcp workflows list` shows what there is.

```yaml
- id: child
  workflow: { name: ./release-one.yaml, with: { target: staging } }
```
",
};

pub const WORKFLOW_RECURSION: Rule = Rule {
    code: "WF035",
    slug: "workflow-recursion",
    severity: Severity::Error,
    title: "A workflow starts itself",
    page: "\
A run pins the whole plan of the workflows it starts, which would have no end. Loop with `repeat` or `foreach` instead.

```yaml
name: poll
steps:
  - workflow: poll                                    # wrong
  - id: ask
    shell: ./status.sh
    repeat: { until: steps.ask.result == 'done', max: 100, every: 1m }     # right
```
",
};

pub const UNKNOWN_PROMPT: Rule = Rule {
    code: "WF036",
    slug: "unknown-prompt",
    severity: Severity::Error,
    title: "A prompt document cannot be used",
    page: "\
`prompt: {use: ...}` and `extends` name a document of `kind: prompt`. `wfmcp prompts list` shows what there is. A step's
`with` that lacks an argument, or has one that the prompt does not know, is a warning.

```yaml
- id: review
  prompt: { use: code_review, with: { code: '{{ steps.read.stdout }}' } }
```
",
};

pub const BAD_DEFAULT: Rule = Rule {
    code: "WF037",
    slug: "bad-default",
    severity: Severity::Error,
    title: "A default is refused by its own schema",
    page: "\
A run that is started without this input would fail at once.

```yaml
inputs:
  level: { enum: [low, high], default: medium }     # wrong
```
",
};

pub const NOT_A_WORKFLOW: Rule = Rule {
    code: "WF038",
    slug: "not-a-workflow",
    severity: Severity::Error,
    title: "A document of another kind stands where a workflow is due",
    page: "\
Only workflows can be run. A document says what it is by `kind`; without it, it is a workflow.

```yaml
kind: prompt
name: review
text: Review this.
```
",
};

pub const UNHEARD_WORDS: Rule = Rule {
    code: "WF039",
    slug: "unheard-words",
    severity: Severity::Error,
    title: "A prompt has words that nobody gets",
    page: "\
A prompt that extends another fills the blocks of that one. What stands beside the blocks, and a block that the other
does not have, would be lost without a word. So would the `text` of a document whose `variants` have texts.

```yaml
kind: prompt
name: base
text: |
  Be friendly.
  {% block task %}{% endblock %}
---
kind: prompt
name: greet
extends: base
text: Say hello.                 # wrong: outside of every block
blocks: { task: Say hello. }     # right
```
",
};

pub const UNTESTED_NAME: Rule = Rule {
    code: "WF040",
    slug: "untested-name",
    severity: Severity::Error,
    title: "A test names what its workflow does not have",
    page: "\
What a case answers and expects is said by the ids of steps; one of several steps of an id is named with the way to it,
one item of a loop with its number. `undo/charge` is the undo of `charge`. Checks answer by their names.

```yaml
answers:
  publish/build: { stdout: built }
  publish[1]/build: { exit_code: 1 }
  undo/charge: {}
```
",
};
