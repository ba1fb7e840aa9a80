//! Losses as they are found, each with its place in the source. What is told is also the comment in the document.

use super::converted::{Extent, Loss};
use super::entry::Document;
use crate::language::diagnostic::{code, visible};
use crate::language::source::{Source, Span};
use crate::language::yaml::{Kind, Node};
use std::collections::BTreeSet;

pub(super) struct Report<'a> {
    source: &'a Source,
    root: &'a Node,
    losses: Vec<Loss>,
    told: BTreeSet<(usize, usize, String)>,
    /// Of the document's YAML, above all that is made of it.
    comments: Vec<String>,
}

impl<'a> Report<'a> {
    pub(super) fn new(source: &'a Source, document: &'a Document) -> Self {
        let mut report = Self {
            source,
            root: &document.root,
            losses: Vec::new(),
            told: BTreeSet::new(),
            comments: Vec::new(),
        };
        for finding in document.findings.iter().filter(|finding| finding.is_error()) {
            let advice = finding.help.as_deref().unwrap_or("mend the source");
            let why = finding.message.trim_end_matches('.');
            let is_next = finding.code == code::SEVERAL_DOCUMENTS.code;
            let what = if is_next { "what follows" } else { source.slice(finding.span) };
            let comment = report.lost(finding.span, what, why, advice);
            report.comments.push(comment);
        }
        report
    }

    pub(super) fn take_comments(&mut self) -> Vec<String> {
        std::mem::take(&mut self.comments)
    }

    pub(super) fn lost(&mut self, span: Span, what: &str, why: &str, advice: &str) -> String {
        self.tell(Extent::Lost, span, [what, why, advice])
    }

    pub(super) fn changed(&mut self, span: Span, what: &str, why: &str, advice: &str) -> String {
        self.tell(Extent::Changed, span, [what, why, advice])
    }

    pub(super) fn manual(&mut self, span: Span, what: &str, why: &str, advice: &str) -> String {
        self.tell(Extent::Manual, span, [what, why, advice])
    }

    /// A time beside the first one.
    pub(super) fn further_schedule(&mut self, span: Span, what: &str) -> String {
        let advice = "put the times into one cron line, or make a second workflow that calls this one";
        self.lost(span, what, "a workflow has one schedule", advice)
    }

    /// The comment that stands in the document.
    fn tell(&mut self, extent: Extent, span: Span, [what, why, advice]: [&str; 3]) -> String {
        let position = self.source.position(span.start);
        let loss = Loss {
            extent,
            line: position.line,
            column: position.column,
            place: place(self.root, span.start),
            what: one_line(what),
            why: one_line(why),
            advice: one_line(advice),
        };
        let word = match extent {
            Extent::Changed => "Changed",
            Extent::Manual => "By hand",
            Extent::Lost => "Lost",
        };
        let comment =
            format!("{word} (line {}): {}: {}. {}", loss.line, loss.what, loss.why, capital(&loss.advice));
        if self.told.insert((loss.line, loss.column, loss.what.clone())) {
            self.losses.push(loss);
        }
        comment
    }

    pub(super) fn line(&self, span: Span) -> usize {
        self.source.position(span.start).line
    }

    /// The name of the file, without its folder and ending.
    pub(super) fn stem(&self) -> String {
        let file = self.source.name().rsplit('/').next().unwrap_or_default();
        file.split('.').next().unwrap_or_default().to_owned()
    }

    pub(super) fn into_losses(self) -> Vec<Loss> {
        let mut losses = self.losses;
        losses.sort_by_key(|loss| (loss.line, loss.column));
        losses
    }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    let Some(first) = characters.next() else { return String::new() };
    let end = if text.ends_with(['.', '`', ')']) { "" } else { "." };
    first.to_uppercase().chain(characters).collect::<String>() + end
}

/// Short, and without line breaks: what is long is in the source.
pub(super) fn one_line(text: &str) -> String {
    const LONGEST: usize = 160;
    let words = visible::one_line(text);
    if words.chars().count() <= LONGEST {
        return words;
    }
    words.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// The keys that lead to a place of the source.
fn place(root: &Node, offset: usize) -> String {
    let mut place = String::new();
    let mut node = root;
    loop {
        let next = match &node.kind {
            Kind::Scalar(_) => None,
            Kind::Sequence(items) => items
                .iter()
                .enumerate()
                .find(|(_, item)| (item.span.start..item.span.end).contains(&offset))
                .map(|(at, item)| (format!("[{at}]"), item)),
            Kind::Mapping(entries) => entries
                .iter()
                .find(|entry| {
                    entry.key.span.start <= offset && offset < entry.value.span.end.max(entry.key.span.end)
                })
                .map(|entry| {
                    (format!("{}{}", if place.is_empty() { "" } else { "." }, &*entry.key), &entry.value)
                }),
        };
        let Some((part, inner)) = next else { return place };
        place.push_str(&one_line(&part));
        if inner.span.start > offset {
            return place;
        }
        node = inner;
    }
}
