//! `wfmcp workflows create`.

use super::checklist;
use crate::language;
use crate::language::model::Document;
use crate::language::source::Source;
use crate::operations::documents::{Finding, pattern_text, plan_text};
use crate::operations::error::Kind;
use crate::operations::yaml::to_yaml;
use crate::operations::{Access, Aliases, Context, Error, Hint, Operation, Toolset};
use crate::store;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Keep a workflow, or a pattern, in the catalogue, under its name.
///
/// Writing it again makes a new revision; runs keep the one they began with.
/// Give the whole document as `definition`, or its parts. A step without a kind of its own is manual: whoever claims it does what its description says.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CreateWorkflow {
    /// The whole document: YAML text, or an object.
    #[arg(skip)]
    pub definition: Option<Value>,
    /// Its name; the document's own if absent.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// What it is for.
    #[arg(skip)]
    pub description: Option<String>,
    /// Its version.
    #[arg(skip)]
    pub version: Option<String>,
    /// A JSON Schema for each input.
    #[arg(skip)]
    pub inputs: Map<String, Value>,
    /// Named checks that steps refer to in `enforcement` and `validation`.
    #[arg(skip)]
    pub checks: Map<String, Value>,
    /// Its steps, as in a document; or checklist-like, with `dependencies`, `parameters` and `estimated_duration`.
    #[arg(skip)]
    pub steps: Vec<Map<String, Value>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Created {
    pub workflow: String,
    /// How often it was written.
    pub revision: u64,
    pub steps: usize,
    /// What could be better.
    pub warnings: Vec<Finding>,
    /// The document as it is kept.
    pub text: String,
    pub next: String,
}

impl Operation for CreateWorkflow {
    const NAME: &'static str = "create_workflow";
    const COMMAND: &'static [&'static str] = &["workflows", "create"];
    const ACCESS: Access = Access::Write;
    const TOOLSET: Toolset = Toolset::Authoring;
    const EXAMPLE: &'static str = "wfmcp workflows create release.yaml";
    const ALIASES: Aliases = &[
        ("yaml", "definition"),
        ("text", "definition"),
        ("content", "definition"),
        ("workflow", "definition"),
        ("workflow_name", "name"),
        ("parameters", "inputs"),
    ];
    type Output = Created;

    fn target(&self) -> Option<&str> {
        self.name.as_deref()
    }

    async fn perform(self, context: &Context) -> Result<Created, Error> {
        let shown = self.name.clone().unwrap_or_else(|| "definition".to_owned());
        let text = self.into_text()?;
        let kind = kind_of(&text)?;
        let read = if kind == "pattern" { pattern_text } else { plan_text };
        let (plan, warnings) = read(context, &shown, &text)?;
        context.aim_at(&plan.name);
        let row = match context.project()?.catalog.put(kind, &plan.name, &text, context.now()) {
            Err(store::Error::Exists { .. }) => {
                return Err(Error::new(Kind::Conflict, format!("{kind} `{}` exists already", plan.name)));
            }
            other => other?,
        };
        Ok(Created {
            next: match kind {
                "pattern" => format!("wfmcp patterns apply {} ENTITY", plan.name),
                _ => format!("wfmcp run {}", plan.name),
            },
            workflow: plan.name,
            revision: row.version,
            steps: plan.steps.len(),
            warnings,
            text,
        })
    }
}

impl CreateWorkflow {
    fn into_text(self) -> Result<String, Error> {
        match self.definition {
            Some(_) if !self.steps.is_empty() => {
                Err(Error::input("`definition` and `steps` exclude each other")
                    .hint("put the steps into the definition"))
            }
            Some(Value::String(text)) => Ok(match self.name {
                Some(name) if !has_name(&text) => format!("name: {}\n{text}", Value::String(name)),
                _ => text,
            }),
            Some(Value::Object(mut document)) => {
                if let Some(name) = self.name {
                    document.entry("name").or_insert(Value::String(name));
                }
                Ok(to_yaml(&Value::Object(checklist::modern(document))))
            }
            Some(_) => Err(Error::input("`definition` is neither a text nor an object")),
            None if self.steps.is_empty() => {
                Err(Error::input("there is nothing to create")
                    .hint("give `definition`, or `name` and `steps`"))
            }
            None => Ok(to_yaml(&Value::Object(checklist::modern(self.parts())))),
        }
    }

    fn parts(self) -> Map<String, Value> {
        let texts = [("name", self.name), ("version", self.version), ("description", self.description)];
        let mut document: Map<String, Value> = texts
            .into_iter()
            .filter_map(|(key, text)| Some((key.to_owned(), Value::String(text?))))
            .collect();
        for (key, map) in [("inputs", self.inputs), ("checks", self.checks)] {
            if !map.is_empty() {
                document.insert(key.to_owned(), Value::Object(map));
            }
        }
        let steps = self.steps.into_iter().map(Value::Object).collect();
        document.insert("steps".to_owned(), Value::Array(steps));
        document
    }
}

/// What the document is kept as. A prompt is kept by another operation.
fn kind_of(text: &str) -> Result<&'static str, Error> {
    match language::read(&Source::new("definition", text)).document {
        Some(Document::Prompt(_)) => Err(Error::input("this is a prompt, not a workflow")
            .hint(Hint::call("keep it as one", "create_prompt"))),
        Some(Document::Pattern(_)) => Ok("pattern"),
        _ => Ok("workflow"),
    }
}

fn has_name(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("name:"))
}
