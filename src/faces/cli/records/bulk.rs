//! `wfmcp entities import` and `export`: many entities, as lines of a file.

use crate::faces::cli::forms::{Form, arguments, nothing, parsed};
use crate::faces::cli::render::screen::{Reader, print_to_reader};
use crate::faces::cli::render::table::visible;
use crate::faces::cli::render::{View, with};
use crate::faces::cli::session::{Outcome, Session};
use crate::faces::codes;
use crate::operations::entities::{Export, Form as LineForm, Import, Lines, Mode, Read, Refused};
use crate::operations::{Error, Kind};
use clap::{ArgMatches, Args};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

pub const IMPORT: Form = Form {
    path: &["entities", "import"],
    operation: "",
    example: "wfmcp entities import vendor vendors.csv --update",
    arguments: |command| {
        arguments::<Importing>(command).about("Import entities from a file of JSON lines or a table").long_about(
            "Import entities from a file of JSON lines or a table.\n\nA line of JSON is {\"name\": \"acme\", \"data\": {...}, \"tags\": [...]}. \
             A table (CSV) has the columns `name`, `tags` (a;b;c) and paths in data such as status or owner.name: nothing between two commas \
             says nothing, \"\" is an empty text, null is null, and a number, true or false in quotes is a text.\n\nEach batch is one transaction. \
             Lines that are refused are told with their reasons and kept in a file beside it; everything else is imported.",
        )
    },
    settings: nothing,
    perform: import,
};

pub const EXPORT: Form = Form {
    path: &["entities", "export"],
    operation: "",
    example: "wfmcp entities export vendor --where status=broken > broken.jsonl",
    arguments: |command| arguments::<Exporting>(command).about("Export entities as JSON lines or a table"),
    settings: nothing,
    perform: export,
};

/// Refused lines that are told one by one.
const TOLD_MAX: usize = 20;
/// Longest line that is read.
const LINE_BYTES_MAX: u64 = 4 * 1024 * 1024;

#[derive(Debug, Args)]
struct Importing {
    /// Their type.
    #[arg(value_name = "TYPE")]
    entity_type: String,
    /// The file; `-` is standard input.
    #[arg(value_name = "FILE")]
    file: String,
    /// How it is written; by its name when absent, as JSON lines where that says nothing.
    #[arg(long, value_enum, value_name = "FORM")]
    form: Option<LineForm>,
    /// Merge what a line says into an entity that is there already.
    #[arg(long)]
    update: bool,
    /// Go on from this line: where an import that was interrupted says.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    from_line: u64,
    /// How many lines are one transaction.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    batch: u64,
    /// Where refused lines are kept; beside the file as NAME.refused.csv or .jsonl when absent.
    #[arg(long, value_name = "FILE")]
    refused: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct Exporting {
    /// Their type.
    #[arg(value_name = "TYPE")]
    entity_type: String,
    /// How they are written.
    #[arg(long, value_enum, value_name = "FORM", default_value = "jsonl")]
    form: LineForm,
    /// Only those for which this holds, as in `entities query`.
    #[arg(long = "where", value_name = "CONDITION")]
    conditions: Vec<String>,
    /// Only those with this tag.
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Report {
    entity_type: String,
    lines: u64,
    created: u64,
    updated: u64,
    unchanged: u64,
    refused: u64,
    /// The first of them.
    refusals: Vec<Refusal>,
    refused_file: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Refusal {
    line: u64,
    reason: String,
}

fn import(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Importing = parsed(matches)?;
    let mode = if typed.update { Mode::Update } else { Mode::Create };
    let import = Import::begin(&session.context, &typed.entity_type, mode)?;
    let path = session.context.dir.join(&typed.file);
    let is_csv = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv"));
    let form = typed.form.unwrap_or(if is_csv { LineForm::Csv } else { LineForm::Jsonl });
    let mut source = Source::open(&typed.file, &path)?;
    let refused = typed.refused.clone().map(|refused| session.context.dir.join(refused));
    let beside = || {
        let name = path.file_stem().filter(|_| typed.file != "-")?.to_string_lossy();
        let ending = if form == LineForm::Csv { "csv" } else { "jsonl" };
        Some(path.with_file_name(format!("{name}.refused.{ending}")))
    };
    let refused = refused.or_else(beside);
    let mut carried = Carried {
        lines: Lines::new(form, &import.kind.schema),
        import: &import,
        bar: bar(session, source.bytes),
        report: Report { entity_type: typed.entity_type.clone(), ..Report::default() },
        refused: Kept { path: refused, file: None, head: None, goes_on: typed.from_line > 1 },
        next_line: typed.from_line,
    };
    let done = carried.carry(&mut source, &typed);
    carried.bar.finish_and_clear();
    import.end(done.as_ref().err());
    let next_line = carried.next_line;
    let goes_on = |error: Error| {
        if next_line == typed.from_line {
            return error;
        }
        error.hint(format!("what is before line {next_line} is done: go on with --from-line {next_line}"))
    };
    done.map_err(goes_on)?;
    let code = if carried.report.refused > 0 { codes::INVALID } else { codes::DONE };
    Outcome::of(&carried.report, imported, code)
}

/// An import under way.
struct Carried<'i> {
    lines: Lines,
    import: &'i Import<'i>,
    bar: ProgressBar,
    report: Report,
    refused: Kept,
    /// The first line that no batch has taken yet.
    next_line: u64,
}

impl Carried<'_> {
    fn carry(&mut self, source: &mut Source, typed: &Importing) -> Result<(), Error> {
        let mut batch = Vec::new();
        let mut text = String::new();
        while source.line(&mut text)? {
            let is_head = self.lines.number() == 0;
            let read = self.lines.push(&text)?;
            if is_head {
                self.refused.head = self.lines.is_table().then(|| text.clone());
            }
            self.bar.inc(source.taken);
            let is_early = |number: u64| number < typed.from_line;
            match read {
                Read::Line(line) if !is_early(line.number) => batch.push(line),
                Read::Wrong { number, text, error } if !is_early(number) => {
                    self.refuse(vec![Refused { line: number, text, error }])?;
                }
                _ => {}
            }
            if batch.len() as u64 >= typed.batch {
                self.write(std::mem::take(&mut batch))?;
            }
        }
        if let Some(Read::Wrong { number, text, error }) = self.lines.end() {
            self.refuse(vec![Refused { line: number, text, error }])?;
        }
        self.write(batch)?;
        self.report.lines = self.lines.number();
        Ok(())
    }

    fn write(&mut self, batch: Vec<crate::operations::entities::Line>) -> Result<(), Error> {
        if !batch.is_empty() {
            let done = self.import.write(batch)?;
            self.report.created += done.created;
            self.report.updated += done.updated;
            self.report.unchanged += done.unchanged;
            self.refuse(done.refused)?;
        }
        self.next_line = self.lines.number() + 1;
        Ok(())
    }

    fn refuse(&mut self, refused: Vec<Refused>) -> Result<(), Error> {
        for Refused { line, text, error } in refused {
            self.report.refused += 1;
            self.refused.keep(&text)?;
            if self.report.refusals.len() < TOLD_MAX {
                self.report.refusals.push(Refusal { line, reason: error.in_full() });
            }
        }
        self.report.refused_file =
            self.refused.file.as_ref().and(self.refused.path.as_ref()).map(|path| path.display().to_string());
        Ok(())
    }
}

/// The file of refused lines, made with the first of them: mended, it can be imported as it is.
struct Kept {
    path: Option<PathBuf>,
    file: Option<File>,
    head: Option<String>,
    /// What an import before this one kept stays.
    goes_on: bool,
}

impl Kept {
    fn keep(&mut self, line: &str) -> Result<(), Error> {
        let Some(path) = &self.path else { return Ok(()) };
        let failed = |error: io::Error| {
            Error::new(Kind::Unavailable, format!("{} can't be written: {error}", path.display()))
                .hint("name another file with --refused")
        };
        if self.file.is_none() {
            let goes_on = self.goes_on && path.exists();
            let mut how = OpenOptions::new();
            how.create(true).write(true).append(goes_on).truncate(!goes_on);
            let file = self.file.insert(how.open(path).map_err(failed)?);
            if let Some(head) = self.head.as_ref().filter(|_| !goes_on) {
                writeln!(file, "{head}").map_err(failed)?;
            }
        }
        match &mut self.file {
            Some(file) => writeln!(file, "{line}").map_err(failed),
            None => Ok(()),
        }
    }
}

struct Source {
    reader: Box<dyn BufRead>,
    bytes: Option<u64>,
    /// By the last line.
    taken: u64,
}

impl Source {
    fn open(name: &str, path: &Path) -> Result<Self, Error> {
        if name == "-" {
            return Ok(Self { reader: Box::new(BufReader::new(io::stdin())), bytes: None, taken: 0 });
        }
        let file = OpenOptions::new().read(true).open(path);
        let file =
            file.map_err(|error| Error::input(format!("{} can't be read: {error}", path.display())))?;
        let bytes = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|file| file.len());
        Ok(Self { reader: Box::new(BufReader::new(file)), bytes, taken: 0 })
    }

    /// The next line without its end; false behind the last.
    fn line(&mut self, text: &mut String) -> Result<bool, Error> {
        let mut bytes = Vec::new();
        let mut limited = io::Read::take(&mut self.reader, LINE_BYTES_MAX);
        let length = limited.read_until(b'\n', &mut bytes);
        let length = length.map_err(|error| Error::input(format!("the file can't be read: {error}")))? as u64;
        if length == LINE_BYTES_MAX && bytes.last() != Some(&b'\n') {
            return Err(Error::new(Kind::Limit, format!("a line has more than {LINE_BYTES_MAX} bytes")));
        }
        self.taken = length;
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
        }
        *text = String::from_utf8(bytes).map_err(|_| Error::input("the file is not UTF-8"))?;
        Ok(length > 0)
    }
}

fn bar(session: &Session, bytes: Option<u64>) -> ProgressBar {
    if !session.screen.is_animated() || session.globals.quiet {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(bytes, ProgressDrawTarget::stderr());
    let template = "{bar:30} {bytes} of {total_bytes}, {elapsed}, {eta} to go";
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn imported(value: &Value, view: &View) -> String {
    with(value, view, |report: Report, view| {
        let Report { created, updated, unchanged, refused, .. } = report;
        let mut text = format!(
            "{}: {created} created, {updated} updated, {unchanged} unchanged, {refused} refused\n",
            view.paint.bold(&report.entity_type)
        );
        for Refusal { line, reason } in &report.refusals {
            let line = view.paint.red(&format!("line {line}:"));
            let _ = writeln!(text, "  {line} {}", visible(reason));
        }
        let more = refused.saturating_sub(report.refusals.len() as u64);
        if more > 0 {
            let _ = writeln!(text, "  and {more} more");
        }
        if let Some(file) = &report.refused_file {
            text.push_str(
                &view.paint.dim(&format!("refused lines are in {file}: mend them and import that\n")),
            );
        }
        text
    })
}

fn export(session: &Session, matches: &ArgMatches) -> Result<Outcome, Error> {
    let typed: Exporting = parsed(matches)?;
    let conditions = Value::from(typed.conditions);
    let asked = (&conditions, typed.tags.as_slice());
    let mut export = Export::begin(&session.context, &typed.entity_type, asked, typed.form)?;
    while let Some(lines) = export.next_lines()? {
        if print_to_reader(lines) == Reader::Gone {
            break;
        }
    }
    Ok(Outcome::silent(codes::DONE))
}
