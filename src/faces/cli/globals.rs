//! The options that every command takes. Each can be set by an environment variable, too.

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, ValueEnum};

#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Globals {
    /// The project to work in; the active one when absent.
    #[arg(id = "in_project", long = "project", global = true, value_name = "PROJECT", env = "WFMCP_PROJECT")]
    pub project: Option<String>,
    /// Who is acting, as the journal shall name them; your user name when absent.
    #[arg(long = "as", global = true, value_name = "NAME", env = "WFMCP_AS")]
    pub actor: Option<String>,
    /// How the answer is written.
    #[arg(short, long, global = true, value_enum, value_name = "FORMAT", env = "WFMCP_OUTPUT")]
    pub output: Option<Format>,
    /// The answer as JSON: the same as `-o json`.
    #[arg(long, global = true, env = "WFMCP_JSON")]
    pub json: bool,
    /// One JSON value a line, as things arrive or item by item.
    #[arg(long, global = true, env = "WFMCP_JSONL")]
    pub jsonl: bool,
    /// Never ask anything.
    #[arg(long, global = true, env = "WFMCP_NO_INPUT")]
    pub no_input: bool,
    /// When to use colour.
    #[arg(long, global = true, value_enum, value_name = "WHEN", env = "WFMCP_COLOR")]
    pub color: Option<Color>,
    /// Tell more; twice for everything.
    #[arg(short, long, global = true, action = clap::ArgAction::Count, env = "WFMCP_VERBOSE")]
    pub verbose: u8,
    /// Tell nothing but the answer and errors.
    #[arg(short, long, global = true, env = "WFMCP_QUIET")]
    pub quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: tables and text.
    Table,
    Json,
    /// One JSON value a line.
    Jsonl,
    Yaml,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

impl Globals {
    /// What was typed of the configuration, by its keys.
    pub fn settings(&self, matches: &ArgMatches) -> Vec<(&'static str, String)> {
        let level = match self.verbose {
            0 => None,
            1 => Some("info"),
            _ => Some("debug"),
        };
        // A variable is the configuration's own to read, and to tell.
        let is_typed = matches.value_source("in_project") == Some(ValueSource::CommandLine);
        let project = self.project.clone().filter(|_| is_typed);
        let said = [("log.level", level.map(str::to_owned)), ("project", project)];
        said.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }

    /// What was typed, else what is configured.
    pub fn color(&self, configured: &str) -> Color {
        self.color.or_else(|| Color::from_str(configured, true).ok()).unwrap_or(Color::Auto)
    }

    pub fn format(&self) -> Format {
        match self.output {
            _ if self.jsonl => Format::Jsonl,
            _ if self.json => Format::Json,
            Some(format) => format,
            None => Format::Table,
        }
    }
}
