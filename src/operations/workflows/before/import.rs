//! `wfmcp workflows import`: documents of other systems, turned into workflows.

use crate::language::convert::{self, Converted, Refusal, Request, System};
use crate::language::source::Source;
use crate::operations::documents::{findings, read_file};
use crate::operations::workflows::validate::{TEXT_NAME, expand};
use crate::operations::{Access, Aliases, Context, Error, Kind, Operation, Toolset};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Convert workflows of other systems, and report what got lost.
///
/// AroMCP workflows, GitHub Actions workflows, goose recipes and dagu DAGs. What has no counterpart is a comment in the workflow and an
/// entry of `losses`; a step that cannot be carried over is done by hand. Files that refer to each other are converted together.
#[derive(Debug, Clone, Default, clap::Args, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ImportWorkflow {
    /// Files, folders and globs.
    #[arg(value_name = "FILE")]
    pub files: Vec<String>,
    /// A document's text, in place of files.
    #[arg(skip)]
    pub text: Option<String>,
    /// The system they are of; told from each document if absent.
    #[arg(long, value_enum, value_name = "SYSTEM")]
    pub from: Option<ImportSystem>,
    /// Only this job of a GitHub workflow, and what it needs; may be repeated.
    #[arg(long = "job", value_name = "NAME")]
    pub jobs: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportSystem {
    #[value(name = "aromcp")]
    Aromcp,
    Github,
    Goose,
    Dagu,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Imported {
    pub documents: Vec<ImportedDocument>,
    /// Of all documents.
    pub losses: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ImportedDocument {
    /// Where it comes from.
    pub file: String,
    pub system: ImportSystem,
    /// Whether the document itself told its system.
    pub detected: bool,
    /// A good name for its file.
    pub suggested_file: String,
    /// The workflow as YAML, with a comment for every loss.
    pub workflow: String,
    pub losses: Vec<Loss>,
    pub steps: usize,
    /// Steps that a person or agent does by hand.
    pub manual_steps: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Loss {
    /// `lost`, `changed`, or `manual`.
    pub extent: String,
    pub line: usize,
    pub column: usize,
    /// The way to it, such as jobs.test.services.
    pub place: String,
    pub what: String,
    pub why: String,
    /// What to do about it.
    pub advice: String,
}

impl Operation for ImportWorkflow {
    const NAME: &'static str = "import_workflow";
    const COMMAND: &'static [&'static str] = &["workflows", "import"];
    const ACCESS: Access = Access::Read;
    const TOOLSET: Toolset = Toolset::Preparation;
    const EXAMPLE: &'static str = "wfmcp workflows import .github/workflows/ci.yml --out ci.yaml";
    const ALIASES: Aliases = &[
        ("file", "files"),
        ("path", "files"),
        ("yaml", "text"),
        ("definition", "text"),
        ("content", "text"),
        ("system", "from"),
    ];
    type Output = Imported;

    async fn perform(self, context: &Context) -> Result<Imported, Error> {
        let mut sources: Vec<(String, Source)> = Vec::new();
        if let Some(text) = &self.text {
            sources.push((TEXT_NAME.to_owned(), Source::new(TEXT_NAME, text.clone())));
        }
        for path in expand(context, &self.files)? {
            let shown = path.strip_prefix(&context.dir).unwrap_or(&path).display().to_string();
            sources.push((shown.clone(), Source::new(shown, read_file(&path)?)));
        }
        if sources.is_empty() {
            return Err(
                Error::input("there is nothing to convert").hint("name files or folders, or give `text`")
            );
        }
        let siblings: Vec<String> = sources.iter().map(|(name, _)| stem(name)).collect();
        let mut documents = Vec::new();
        for (name, source) in &sources {
            let own = stem(name);
            let others: Vec<String> = siblings.iter().filter(|sibling| **sibling != own).cloned().collect();
            let request = Request { from: self.from.map(System::from), jobs: &self.jobs, siblings: &others };
            let converted =
                convert::convert(source, &request).map_err(|refusal| refused(name, source, refusal))?;
            let several = converted.len() > 1;
            for (at, one) in converted.into_iter().enumerate() {
                let file =
                    if several && at > 0 { format!("{}.yaml", one.name) } else { format!("{own}.yaml") };
                documents.push(self.document(name, file, one));
            }
        }
        let losses = documents.iter().map(|document| document.losses.len()).sum();
        Ok(Imported { documents, losses })
    }
}

impl ImportWorkflow {
    fn document(&self, name: &str, suggested_file: String, converted: Converted) -> ImportedDocument {
        let suggested_file =
            if name == TEXT_NAME { format!("{}.yaml", converted.name) } else { suggested_file };
        ImportedDocument {
            file: name.to_owned(),
            system: converted.system.into(),
            detected: self.from.is_none(),
            suggested_file,
            workflow: converted.text,
            losses: converted.losses.into_iter().map(Loss::from).collect(),
            steps: converted.counts.steps,
            manual_steps: converted.counts.manual,
        }
    }
}

/// The name of a file without its folder and ending.
fn stem(name: &str) -> String {
    Path::new(name).file_stem().map_or_else(|| name.to_owned(), |stem| stem.to_string_lossy().into_owned())
}

fn refused(name: &str, source: &Source, refusal: Refusal) -> Error {
    let found = findings(source, &refusal.diagnostics);
    let message = match found.first() {
        Some(first) => {
            format!("{name}:{}:{}: {}", first.line, first.column, first.message.trim_end_matches('.'))
        }
        None => format!("{name}: {}", refusal.message),
    };
    let hints = refusal.hints.into_iter().chain(found.first().and_then(|first| first.help.clone()));
    hints.fold(Error::new(Kind::InvalidDocument, message), Error::hint)
}

impl From<ImportSystem> for System {
    fn from(system: ImportSystem) -> Self {
        match system {
            ImportSystem::Aromcp => Self::AroMcp,
            ImportSystem::Github => Self::Github,
            ImportSystem::Goose => Self::Goose,
            ImportSystem::Dagu => Self::Dagu,
        }
    }
}

impl From<System> for ImportSystem {
    fn from(system: System) -> Self {
        match system {
            System::AroMcp => Self::Aromcp,
            System::Github => Self::Github,
            System::Goose => Self::Goose,
            System::Dagu => Self::Dagu,
        }
    }
}

impl ImportSystem {
    /// One of its documents, in a sentence.
    pub fn document(self) -> &'static str {
        System::from(self).document()
    }
}

impl From<convert::Loss> for Loss {
    fn from(loss: convert::Loss) -> Self {
        Self {
            extent: loss.extent.name().to_owned(),
            line: loss.line,
            column: loss.column,
            place: loss.place,
            what: loss.what,
            why: loss.why,
            advice: loss.advice,
        }
    }
}
