//! `wfmcp prompts get`, `test` and `create`: arguments as they are typed, documents from files.

use super::{Form, parsed, values};
use crate::faces::cli::dialog::missing_inputs;
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::cli::views;
use crate::faces::codes;
use crate::operations::prompts::{CreatePrompt, DescribePrompt, GetPrompt, TestPrompt};
use crate::operations::{Error, Kind, PromptName};
use clap::{ArgMatches, Args};
use serde_json::{Map, Value};

pub const GET: Form = Form::of::<Get>(&["prompts", "get"], "get_prompt", get);

pub const TEST: Form = Form::of::<Test>(&["prompts", "test"], "test_prompt", test);

pub const CREATE: Form = Form::of::<Create>(&["prompts", "create"], "create_prompt", create);

#[derive(Debug, Args)]
struct Filling {
    /// Its name, or the path of a YAML file.
    #[arg(value_name = "FILE|NAME")]
    prompt: PromptName,
    /// The value of an argument: name=value, name=@file, name:=json; a list where a name is given twice.
    #[arg(short, long, value_name = "NAME=VALUE")]
    arg: Vec<String>,
    /// A JSON file with the values of the arguments; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    args: Option<String>,
}

impl Filling {
    /// What was typed, and at a terminal what is missing of it.
    fn values(&self, session: &Session) -> Result<Map<String, Value>, Error> {
        let given = values::inputs(&session.context.dir, self.args.as_deref(), &self.arg)?;
        if !session.may_ask() {
            return Ok(given);
        }
        let prompt = session.perform(DescribePrompt { prompt: self.prompt.clone() })?;
        missing_inputs(&prompt.arguments, given)?
            .ok_or_else(|| Error::new(Kind::Cancelled, "nothing was filled in"))
    }
}

#[derive(Debug, Args)]
struct Get {
    #[command(flatten)]
    filling: Filling,
    /// Whose choice among the variants it is; your name when absent.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
}

#[derive(Debug, Args)]
struct Test {
    #[command(flatten)]
    filling: Filling,
    /// The variant to try; your own when absent.
    #[arg(long, value_name = "VARIANT", conflicts_with = "all_variants")]
    variant: Option<String>,
    /// Try every variant.
    #[arg(long)]
    all_variants: bool,
}

#[derive(Debug, Args)]
struct Create {
    /// The document's file; `-` is standard input.
    #[arg(value_name = "FILE")]
    file: String,
}

fn get(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Get = parsed(matches)?;
    let arguments = typed.filling.values(session)?;
    let answer = session.perform(GetPrompt { prompt: typed.filling.prompt, arguments, key: typed.key })?;
    Outcome::of(&answer, views::show("get_prompt"), codes::DONE)
}

fn test(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Test = parsed(matches)?;
    let arguments = typed.filling.values(session)?;
    let Test { filling, variant, all_variants } = typed;
    let tested = session.perform(TestPrompt { prompt: filling.prompt, arguments, variant, all_variants })?;
    Outcome::of(&tested, views::show("test_prompt"), codes::DONE)
}

fn create(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Create = parsed(matches)?;
    let definition = Value::String(values::text_of(&session.context.dir, &typed.file)?);
    let created = session.perform(CreatePrompt { definition })?;
    Outcome::of(&created, views::show("create_prompt"), codes::DONE)
}
