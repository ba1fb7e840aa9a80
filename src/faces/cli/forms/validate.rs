//! `wfmcp validate`: files, folders, globs and standard input; as pictures, or as other tools want it.

use super::{Form, parsed, values};
use crate::faces::cli::globals::Format;
use crate::faces::cli::render;
use crate::faces::cli::render::screen::print;
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::codes;
use crate::operations::Error;
use crate::operations::workflows::{ValidateWorkflow, document_kinds, explain, fix, schema_of};
use clap::builder::PossibleValuesParser;
use clap::{ArgMatches, Args, ValueEnum};

pub const VALIDATE: Form = Form::of::<Validate>(&["validate"], "validate_workflow", perform);

#[derive(Debug, Args)]
struct Validate {
    /// Files, folders and globs; `-` is standard input.
    #[arg(value_name = "FILE", required_unless_present_any = ["explain", "schema"])]
    files: Vec<String>,
    /// How findings are written.
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<FindingsFormat>,
    /// Mend in place what can be mended mechanically.
    #[arg(long)]
    fix: bool,
    /// What else fails beside errors.
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Option<Deny>,
    /// Print the page of a finding.
    #[arg(long, value_name = "CODE", conflicts_with_all = ["files", "format", "fix", "deny", "schema"])]
    explain: Option<String>,
    /// Print the JSON Schema of a kind of document, for editors.
    #[arg(long, value_name = "KIND", value_parser = PossibleValuesParser::new(document_kinds()), conflicts_with_all = ["files", "format", "fix", "deny"])]
    schema: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FindingsFormat {
    Json,
    /// For code scanning.
    Sarif,
    /// Notes beside the lines of a pull request on GitHub.
    Github,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Deny {
    Warnings,
}

fn perform(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let mut typed: Validate = parsed(matches)?;
    if let Some(code) = &typed.explain {
        print(&explain(code)?);
        return Ok(Outcome::silent(codes::DONE));
    }
    if let Some(kind) = &typed.schema {
        print(&render::json(&schema_of(kind)?));
        return Ok(Outcome::silent(codes::DONE));
    }
    let from_stdin = typed.files.iter().any(|file| file == "-");
    typed.files.retain(|file| file != "-");
    let text = from_stdin.then(|| values::text_of(&session.context.dir, "-")).transpose()?;
    if typed.fix {
        for fixed in fix(&session.context, &typed.files)? {
            session.tell(&format!("{}: {} corrected", fixed.file, fixed.corrections));
        }
    }
    let validation = session.perform(ValidateWorkflow { files: typed.files, text })?;
    let denied = typed.deny == Some(Deny::Warnings) && validation.warnings > 0;
    let code = if validation.errors > 0 || denied { codes::INVALID } else { codes::DONE };
    let silent = Ok(Outcome::silent(code));
    match typed.format {
        Some(FindingsFormat::Sarif) => print(&render::json(&render::sarif(&validation.findings))),
        Some(FindingsFormat::Github) => print(&render::github(&validation.findings)),
        Some(FindingsFormat::Json) if session.globals.format() == Format::Table => {
            print(&render::json(&serde_json::to_value(&validation).unwrap_or_default()));
        }
        _ => return Outcome::of(&validation, render::validation, code),
    }
    silent
}
