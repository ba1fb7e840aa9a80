//! The way in: a text, read as YAML, given to the converter of its system.

use super::converted::{Converted, Refusal, Request, System};
use super::report::Report;
use super::{aromcp, dagu, detect, github, goose};
use crate::language::diagnostic::{Diagnostic, code};
use crate::language::source::Source;
use crate::language::yaml;
use crate::language::yaml::Node;

/// More than any workflow that a person wrote, so that nothing here takes long.
const VALUES_MAX: usize = 10_000;
/// Closing brackets that stand too far out.
const BRACKETS_MAX: usize = 50;
/// Documents of one file.
const DOCUMENTS_MAX: usize = 100;

/// One document of a file, and what is to be said of its YAML.
pub(super) struct Document {
    pub root: Node,
    pub findings: Vec<Diagnostic>,
}

/// The documents that a document of another system comes to: one, or for a file of several DAGs one of each.
pub fn convert(source: &Source, request: &Request<'_>) -> Result<Vec<Converted>, Refusal> {
    let document = read(source)?;
    let root = &document.root;
    let system = match request.from {
        Some(system) => detect::confirm(root, system).map(|()| system)?,
        None => detect::detect(root)?,
    };
    if system != System::Github && !request.jobs.is_empty() {
        return Err(Refusal::new(format!("{} has no jobs", system.document())).hint("leave --job out"));
    }
    let converted = match system {
        System::AroMcp => aromcp::convert(root, Report::new(source, &document), request),
        System::Github => github::convert(root, Report::new(source, &document), request),
        System::Goose => goose::convert(root, Report::new(source, &document), request),
        System::Dagu => return dagu::convert(source, &all(source, document)?, request),
    };
    converted.map(|converted| vec![converted])
}

/// A document and those that follow it in its file, but for empty ones.
fn all(source: &Source, first: Document) -> Result<Vec<Document>, Refusal> {
    let mut documents = vec![first];
    let mut start = 0;
    while let Some(next) = documents.last_mut().and_then(|last| last.next(start)) {
        if documents.len() == DOCUMENTS_MAX {
            let message = format!("it has more than {DOCUMENTS_MAX} documents");
            return Err(Refusal::new(message).hint("split it, and convert the parts"));
        }
        start = next;
        documents.push(read(&from(source, start))?);
    }
    documents.retain(|document| !document.root.is_null());
    Ok(documents)
}

/// The text from a place on, which stays where it is: what was before it is blank.
fn from(source: &Source, start: usize) -> Source {
    let (before, rest) = source.text().split_at(source.floor(start));
    let blank = before.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' });
    Source::new(source.name(), blank.chain(rest.chars()).collect::<String>())
}

impl Document {
    /// Where the next one starts, which is no finding any more.
    fn next(&mut self, start: usize) -> Option<usize> {
        let is_next =
            |finding: &Diagnostic| finding.code == code::SEVERAL_DOCUMENTS.code && finding.span.start > start;
        let at = self.findings.iter().position(is_next)?;
        Some(self.findings.remove(at).span.start)
    }
}

/// The first document of a text.
fn read(source: &Source) -> Result<Document, Refusal> {
    let (root, diagnostics) = tree(source);
    let Some(root) = root.filter(|_| !diagnostics.iter().any(is_fatal)) else {
        return Err(Refusal {
            diagnostics,
            ..Refusal::new(format!("{} is no YAML that can be read", source.name()))
        });
    };
    let mut values = 0;
    root.walk(&mut |_| values += 1);
    if values > VALUES_MAX {
        let message = format!("it has {values} values, and {VALUES_MAX} is the limit");
        return Err(Refusal::new(message).hint("split it, and convert the parts"));
    }
    Ok(Document { root, findings: diagnostics })
}

/// The tree of a text. Other parsers take a closing bracket that stands no further in than its key, and authors
/// write it so; it is read as if it stood in the line before.
fn tree(source: &Source) -> (Option<Node>, Vec<Diagnostic>) {
    let mut joined = source.clone();
    for round in 0.. {
        let mut diagnostics = Vec::new();
        let root = yaml::parse(&joined, &mut diagnostics);
        let error = diagnostics.iter().find(|finding| is_fatal(finding)).map(|finding| finding.span.start);
        match error.filter(|_| round < BRACKETS_MAX).and_then(|at| with_bracket(joined.text(), at)) {
            Some(text) => joined = Source::new(source.name(), text),
            None => return (root, diagnostics),
        }
    }
    (None, Vec::new())
}

/// A text whose line at a place is but a closing bracket, with a blank for the line break before it.
fn with_bracket(text: &str, at: usize) -> Option<String> {
    let end = text.get(..at)?.rfind('\n')?;
    let line = text[end + 1..].lines().next()?.trim();
    let is_bracket = !line.is_empty() && line.trim_end_matches(',').chars().all(|c| matches!(c, ']' | '}'));
    let before = text[..end].trim_end_matches('\r');
    let may_be_comment = before.lines().last().is_some_and(|line| line.contains('#'));
    let blanks = " ".repeat(end + 1 - before.len());
    (is_bracket && !may_be_comment).then(|| format!("{before}{blanks}{}", &text[end + 1..]))
}

/// What leaves no tree that could be trusted. A key that is written twice, or a second document, does.
fn is_fatal(finding: &Diagnostic) -> bool {
    let harmless = [
        code::SEVERAL_DOCUMENTS.code,
        code::DUPLICATE_KEY.code,
        code::UNQUOTED_TEMPLATE.code,
        code::NUMBER_RANGE.code,
    ];
    finding.is_error() && !harmless.contains(&finding.code)
}

#[cfg(test)]
mod tests {
    use super::convert;
    use crate::language::convert::{Converted, Refusal, Request};
    use crate::language::source::Source;

    fn all(text: &str) -> Result<Vec<Converted>, Refusal> {
        convert(&Source::new("x.yaml", text), &Request::default())
    }

    #[test]
    fn a_closing_bracket_may_stand_under_its_key() {
        let text = "steps:\n  - parallel: [\n      a,\n  ]\n    run: |\n      f() {\n        x\n      }\n  - { run: ls,\n}\nx: 1\n";
        let converted = all(text).unwrap().remove(0);
        assert!(converted.text.contains("f() {\n        x\n      }"), "{}", converted.text);
        assert_eq!(converted.losses.iter().map(|loss| loss.line).max(), Some(11), "{:?}", converted.losses);
        assert!(all("steps: [\n  ls, # one\n]\nx: [\n").is_err());
    }

    #[test]
    fn every_document_of_a_file_is_read_alike() {
        let first = "# ä\nname: ö\nsteps: [ls]\n--- # next\n";
        let converted = all(&format!("{first}---\n---\nname: b\nx: 1\nx: 2\nsteps: [ls]\n...\n")).unwrap();
        let told: Vec<_> =
            converted[1].losses.iter().map(|loss| (loss.line, loss.column, &*loss.what)).collect();
        assert_eq!((converted.len(), told.as_slice()), (2, [(8, 1, "x"), (9, 1, "x")].as_slice()));
        for (next, expected) in [
            ("steps: [*a]\n", "x.yaml is no YAML that can be read"),
            ("steps: [ls\n", "x.yaml is no YAML that can be read"),
            ("name: b\n", "the document in line 5 has no `steps`"),
        ] {
            assert_eq!(all(&format!("{first}{next}")).unwrap_err().message, expected);
        }
        let many = all(&format!("{first}steps: [{}]\n", "ls, ".repeat(10_000))).unwrap_err();
        assert!(many.message.contains("is the limit"), "{many:?}");
        assert!(
            all(&format!("{first}steps: [ls]\n---\n").repeat(200))
                .unwrap_err()
                .message
                .contains("more than 100")
        );
    }
}
