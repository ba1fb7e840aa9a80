//! `wfmcp workflows graph`, `wfmcp workflows explain` and `wfmcp workflows preview`: what is looked at before a run.

use super::{Form, parsed, values};
use crate::faces::cli::render::screen::{self, Paint};
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::cli::views;
use crate::faces::codes;
use crate::operations::workflows::{ExplainWorkflow, GraphFormat, GraphWorkflow, Ink, Letters, PreviewRun};
use crate::operations::{Error, Operation, WorkflowName};
use crate::platform::folder::Placing;
use clap::{ArgMatches, Args};
use serde_json::Map;
use std::path::{Path, PathBuf};

pub const GRAPH: Form = Form::of::<Drawn>(&["workflows", "graph"], "graph_workflow", graph);

pub const EXPLAIN: Form = Form::of::<Explained>(&["workflows", "explain"], "explain_workflow", explain);

pub const PREVIEW: Form = Form::of::<Previewed>(&["workflows", "preview"], "preview_run", preview);

#[derive(Debug, Args)]
struct Drawn {
    /// Name in the catalogue, or path of a YAML file.
    #[arg(value_name = "FILE|NAME")]
    workflow: WorkflowName,
    /// What the picture is written as; by the ending of `--out`, or for a terminal, when absent.
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<GraphFormat>,
    /// Write the picture to this file.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Columns of a terminal's picture; those of the window when absent.
    #[arg(long, value_name = "COLUMNS")]
    width: Option<usize>,
}

#[derive(Debug, Args)]
struct Explained {
    /// Name in the catalogue, or path of a YAML file.
    #[arg(value_name = "FILE|NAME")]
    workflow: WorkflowName,
    /// The value of an input: name=value, name=@file, name:=json; a list where a name is given twice.
    #[arg(short, long, value_name = "NAME=VALUE")]
    input: Vec<String>,
    /// A JSON file with the values of the inputs; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    inputs: Option<String>,
}

#[derive(Debug, Args)]
struct Previewed {
    #[command(flatten)]
    of: Explained,
    /// The folder its scripts would start in; the present one when absent.
    #[arg(long = "in", value_name = "FOLDER")]
    dir: Option<String>,
}

fn explain(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Explained = parsed(matches)?;
    let inputs = values::inputs(&session.context.dir, typed.inputs.as_deref(), &typed.input)?;
    let explained = session.perform(ExplainWorkflow { workflow: typed.workflow, inputs })?;
    Outcome::of(&explained, views::show(ExplainWorkflow::NAME), codes::DONE)
}

fn preview(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let Previewed { of, dir } = parsed(matches)?;
    let inputs = values::inputs(&session.context.dir, of.inputs.as_deref(), &of.input)?;
    let wanted = PreviewRun { workflow: of.workflow, inputs, dir, labels: Map::new(), work_item: None };
    previewed(session, wanted)
}

/// What a run would do, as `run --dry-run` shows it, too.
pub fn previewed(session: &Session, wanted: PreviewRun) -> Result<Outcome, Error> {
    Outcome::of(&session.perform(wanted)?, views::show(PreviewRun::NAME), codes::DONE)
}

fn graph(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Drawn = parsed(matches)?;
    let usual = if session.is_for_people() { GraphFormat::Terminal } else { GraphFormat::Mermaid };
    let named = typed.out.as_deref().map(by_ending).filter(|_| typed.format.is_none()).transpose()?.flatten();
    let format = typed.format.or(named).unwrap_or(usual);
    let screen = &session.screen;
    let is_shown = session.is_for_people() && typed.out.is_none();
    let drawn = session.perform(GraphWorkflow {
        workflow: typed.workflow,
        format,
        width: Some(typed.width.unwrap_or(screen.width)),
        letters: match screen.letters {
            screen::Letters::Unicode => Letters::Unicode,
            screen::Letters::Ascii => Letters::Ascii,
        },
        ink: if is_shown && screen.out == Paint::Colored { Ink::Colored } else { Ink::Plain },
    })?;
    if let Some(out) = &typed.out {
        values::save(&session.context.dir.join(out), "the picture", &drawn.text, Placing::Instead)?;
        session.tell(&format!("the picture is in {}", out.display()));
        return Ok(Outcome::silent(codes::DONE));
    }
    Outcome::of(&drawn, views::show(GraphWorkflow::NAME), codes::DONE)
}

fn by_ending(path: &Path) -> Result<Option<GraphFormat>, Error> {
    let Some(ending) = path.extension().filter(|_| !path.exists() || path.is_file()) else { return Ok(None) };
    Ok(Some(match ending.to_string_lossy().as_ref() {
        "svg" => GraphFormat::Svg,
        "dot" | "gv" => GraphFormat::Dot,
        "mmd" | "mermaid" => GraphFormat::Mermaid,
        "txt" => GraphFormat::Terminal,
        other => {
            return Err(Error::input(format!("no picture is made as `{other}`"))
                .hint("end its name in .svg, .dot, .mmd or .txt, or say which it is with --format"));
        }
    }))
}
