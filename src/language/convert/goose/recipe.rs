//! The recipe as a whole.

use super::super::document::{Action, Step, Tree, Workflow, finished, from_node};
use super::super::fields::text;
use super::super::report::Report;
use super::super::text::{id, literal};
use super::super::{Converted, Refusal, Request, System};
use super::parameters::Parameter;
use crate::language::yaml::Node;
use std::collections::BTreeMap;

pub(super) struct Recipe<'a, 'r> {
    pub node: &'a Node,
    pub report: Report<'r>,
    pub workflow: Workflow,
    pub siblings: &'a [String],
    /// What the parameters are called in an expression.
    pub parameters: BTreeMap<String, Parameter>,
    /// Comments above the prompt.
    pub comments: Vec<String>,
}

pub(in crate::language::convert) fn convert(
    root: &Node,
    report: Report<'_>,
    request: &Request<'_>,
) -> Result<Converted, Refusal> {
    // As the desktop saves it, the recipe is inside.
    let node = root.get("recipe").filter(|inner| !inner.entries().is_empty()).unwrap_or(root);
    let mut recipe = Recipe {
        node,
        report,
        workflow: Workflow::default(),
        siblings: request.siblings,
        parameters: BTreeMap::new(),
        comments: Vec::new(),
    };
    recipe.head(root);
    recipe.declare();
    recipe.extensions();
    recipe.settings();
    recipe.other_keys();
    let before = recipe.sub_recipes();
    let mut step = recipe.prompt(&before);
    recipe.retry(&mut step);
    step.comments = std::mem::take(&mut recipe.comments);
    recipe.workflow.steps.push(step);
    let Recipe { report, workflow, .. } = recipe;
    finished(workflow, System::Goose, report, request)
}

impl Recipe<'_, '_> {
    fn head(&mut self, root: &Node) {
        let title = text(self.node.get("title")).or_else(|| text(root.get("name"))).unwrap_or_default();
        self.workflow.name = id(&title.to_lowercase(), "recipe");
        let about = text(self.node.get("description")).filter(|about| !about.is_empty());
        let about = match about {
            Some(about) if about == title => title,
            Some(about) if !title.is_empty() => format!("{}: {about}", title.trim_end_matches(['.', ':'])),
            Some(about) => about,
            None => title,
        };
        self.workflow.description = (!about.is_empty()).then(|| literal(about.trim_end()));
        if let Some(author) = self.node.get("author") {
            let contact = text(author.get("contact")).or_else(|| text(Some(author)));
            self.workflow.labels.extend(contact.map(|contact| ("author".to_owned(), Tree::text(contact))));
        }
    }

    /// The one step that all of it is about.
    fn prompt(&mut self, before: &[String]) -> Step {
        let mut parts = Vec::new();
        for key in ["instructions", "prompt"] {
            if let Some(node) = self.node.get(key)
                && let Some(written) = text(Some(node))
            {
                parts.push(self.template(&written, node.span).trim_end().to_owned());
            }
        }
        for name in before {
            let steps =
                super::super::expression::Piece::atom("steps").member(name).member("result").filter("tojson");
            parts.push(format!("What came of `{name}`: {{{{ {} }}}}", steps.text));
        }
        parts.retain(|part| !part.is_empty());
        let mut step = Step::at(self.node.span);
        step.id = Some("answer".to_owned());
        let whole = parts.join("\n\n");
        step.action = Action::Prompt(Tree::text(if whole.contains('\n') { whole + "\n" } else { whole }));
        let schema = self.node.get("response").and_then(|response| response.get("json_schema"));
        step.result = Some(match schema.filter(|schema| !schema.entries().is_empty()) {
            Some(schema) => from_node(schema, &mut str::to_owned),
            None => super::super::document::flow(Tree::map([("type", Tree::text("string"))])),
        });
        self.workflow.outputs.push(("answer".to_owned(), Tree::text("{{ steps.answer.result }}")));
        step
    }

    fn other_keys(&mut self) {
        const KNOWN: [&str; 12] = [
            "version",
            "title",
            "description",
            "instructions",
            "prompt",
            "parameters",
            "extensions",
            "settings",
            "response",
            "sub_recipes",
            "retry",
            "author",
        ];
        for entry in self.node.entries().iter().filter(|entry| !KNOWN.contains(&&*entry.key)) {
            let (why, advice) = match &*entry.key {
                "activities" => {
                    ("they are buttons of goose's desktop", "start the workflow with other inputs instead")
                }
                _ => ("goose gives it no meaning that is known here", "look at what it was for"),
            };
            let comment = self.report.lost(entry.key.span, &entry.key, why, advice);
            self.workflow.comments.push(comment);
        }
    }
}
