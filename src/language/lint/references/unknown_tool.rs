//! WF064: a server, tool, operation or pattern that does not exist.

use crate::language::diagnostic::{Diagnostic, Rule, Severity};
use crate::language::lint::Knowledge;
use crate::language::lint::survey::Survey;
use crate::language::model::{Action, Step};
use crate::language::reader::nearest;
use crate::language::yaml::{Node, Text};

pub const UNKNOWN_TOOL: Rule = Rule {
    code: "WF064",
    slug: "unknown-tool",
    severity: Severity::Error,
    title: "A server, tool, operation or pattern does not exist",
    page: "\
`call` names an operation of wfmcp by its tool name. `mcp_call` names a server of the configuration, or one that only the
agent has: a server that is not configured is a warning where it looks like a misspelt one that is.

```yaml
- call: creat_entity                                    # wrong: did you mean `create_entity`?
  with: { type: vendor, name: acme }
- mcp_call: { server: github, tool: create_issue, arguments: { title: Hello } }   # right
```
",
};

pub fn check(survey: &Survey<'_>, knowledge: &Knowledge, found: &mut Vec<Diagnostic>) {
    for info in &survey.steps {
        for step in [Some(info.step), info.step.undo.as_deref()].into_iter().flatten() {
            look(step, knowledge, found);
        }
    }
}

fn look(step: &Step, knowledge: &Knowledge, found: &mut Vec<Diagnostic>) {
    match &step.action {
        Action::Call { operation, with } => {
            if let Some(operations) = &knowledge.operations
                && !operations.contains(&**operation)
            {
                found.push(unknown("operation", operation, operations.iter().map(String::as_str)));
            }
            let pattern = with.as_ref().and_then(|with| with.get("pattern")).and_then(Node::text);
            if let (Some(patterns), "apply_pattern" | "validate_pattern_application", Some(pattern)) =
                (&knowledge.patterns, &**operation, pattern)
                && !patterns.contains(&*pattern)
                && !pattern.contains("{{")
            {
                found.push(unknown("pattern", &pattern, patterns.iter().map(String::as_str)));
            }
        }
        Action::McpCall { server, tool, .. } => {
            let Some(servers) = &knowledge.servers else { return };
            match servers.get(&**server) {
                None => {
                    if nearest(server, servers.keys().map(String::as_str)).is_some() {
                        let known = servers.keys().map(String::as_str);
                        found.push(unknown("configured server", server, known).severity(Severity::Warning));
                    }
                }
                Some(Some(tools)) if !tools.contains(&**tool) && !tool.contains("{{") => {
                    found.push(unknown("tool", tool, tools.iter().map(String::as_str)));
                }
                Some(_) => {}
            }
        }
        _ => {}
    }
}

fn unknown<'k>(kind: &str, name: &Text, known: impl Iterator<Item = &'k str>) -> Diagnostic {
    let finding = Diagnostic::new(&UNKNOWN_TOOL, name.span, format!("There is no {kind} `{}`.", &**name));
    match nearest(name, known) {
        Some(near) => finding.help(format!("did you mean `{near}`?")).fix(name.span, near),
        None => finding.help("look at what there is with `wfmcp --help`"),
    }
}
