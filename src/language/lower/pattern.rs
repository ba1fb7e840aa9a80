//! What a pattern says beside its workflow: whom it can be applied to, and what success writes back.

use super::workflow::{declared, owned, values};
use crate::language::diagnostic::{Diagnostic, code};
use crate::language::model::{self, Check};
use crate::language::plan::{Action, Call, Pattern, Plan, Step};
use crate::language::yaml::Node;
use serde_json::json;

/// What the step that writes back is called, unless the author has one of that name.
const WRITES_BACK: &str = "records";

/// Makes the plan of a pattern's workflow the pattern's own.
pub(super) fn complete(mut plan: Plan, pattern: &model::Pattern, diagnostics: &mut Vec<Diagnostic>) -> Plan {
    for entry in &pattern.requires {
        if let Check::Approval { .. } = entry.check {
            let message = format!("`{}` asks for an approval, and `requires` asks nobody.", &*entry.name);
            let finding = Diagnostic::new(&code::BAD_VALUE, entry.name.span, message);
            diagnostics.push(finding.help("begin with a step `wait: { for: approval, ask: ... }`"));
        }
    }
    if !pattern.records.is_empty() {
        let step = writes_back(pattern, &plan.steps);
        plan.steps.push(step);
    }
    let target = pattern.target.as_ref();
    let condition = target.and_then(|target| target.condition.as_ref());
    plan.pattern = Some(Pattern {
        entity_type: owned(target.and_then(|target| target.entity_type.as_ref())),
        condition: condition.map(Node::to_map).unwrap_or_default(),
        requires: declared(&pattern.requires),
        writes_back: !pattern.records.is_empty(),
    });
    plan
}

/// The last of the steps: it needs all the others, and its failure is the run's like that of any of them.
fn writes_back(pattern: &model::Pattern, steps: &[Step]) -> Step {
    let mut id = WRITES_BACK.to_owned();
    while steps.iter().any(|step| step.id == id) {
        id.push('x');
    }
    let with = json!({
        "entity_type": "{{ target.type }}",
        "entity": "{{ target.id }}",
        "data": values(&pattern.records),
    });
    Step {
        id,
        name: Some("Write back to the target".to_owned()),
        needs: steps.iter().map(|step| step.id.clone()).collect(),
        action: Action::Call(Call { operation: "update_entity".to_owned(), with }),
        ..Step::default()
    }
}
