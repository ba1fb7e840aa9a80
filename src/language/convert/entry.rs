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

/// The documents that a document of another system comes to: one, or for a file of several DAGs one of each.
pub fn convert(source: &Source, request: &Request<'_>) -> Result<Vec<Converted>, Refusal> {
    let mut diagnostics = Vec::new();
    let root = yaml::parse(source, &mut diagnostics);
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
    let system = match request.from {
        Some(system) => detect::confirm(&root, system).map(|()| system)?,
        None => detect::detect(&root)?,
    };
    if system != System::Github && !request.jobs.is_empty() {
        return Err(Refusal::new(format!("{} has no jobs", system.document())).hint("leave --job out"));
    }
    let several = diagnostics.iter().any(|finding| finding.code == code::SEVERAL_DOCUMENTS.code);
    if several && system == System::Dagu {
        return dagu::convert_all(source, request);
    }
    let mut report = Report::new(source, &root);
    for finding in diagnostics.iter().filter(|finding| finding.is_error()) {
        let advice = finding.help.clone().unwrap_or_else(|| "mend the source".to_owned());
        report.lost(finding.span, "what follows", finding.message.trim_end_matches('.'), &advice);
    }
    one(&root, system, report, request).map(|converted| vec![converted])
}

pub(super) fn one(
    root: &Node,
    system: System,
    report: Report<'_>,
    request: &Request<'_>,
) -> Result<Converted, Refusal> {
    match system {
        System::AroMcp => aromcp::convert(root, report, request),
        System::Github => github::convert(root, report, request),
        System::Goose => goose::convert(root, report, request),
        System::Dagu => dagu::convert(root, report, request),
    }
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
