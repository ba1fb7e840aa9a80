//! A workflow before it is text, its keys in their usual order.

use super::step::{Step, variables};
use super::tree::{Entry, Mark, Tree, flow};

#[derive(Debug, Clone, PartialEq, Default)]
pub(in crate::language::convert) struct Workflow {
    /// At the top of the file.
    pub comments: Vec<String>,
    pub name: String,
    pub version: Option<String>,
    pub description: Option<String>,
    /// With their schemas.
    pub inputs: Vec<(String, Tree)>,
    pub env: Vec<(String, String)>,
    pub secrets: Vec<String>,
    pub checks: Vec<(String, Tree)>,
    pub state: Vec<(String, Tree)>,
    pub steps: Vec<Step>,
    pub on_failure: Vec<Step>,
    pub finally: Vec<Step>,
    pub outputs: Vec<(String, Tree)>,
    pub concurrency: Option<Tree>,
    pub timeout: Option<String>,
    pub labels: Vec<(String, Tree)>,
    pub schedule: Option<Tree>,
    /// Comments above a key.
    pub notes: Vec<(&'static str, String)>,
}

impl Workflow {
    /// Adds a comment above a key; one that is not written carries it to the top of the file.
    pub(in crate::language::convert) fn note(&mut self, key: &'static str, comment: String) {
        self.notes.push((key, comment));
    }

    pub(in crate::language::convert) fn input(&mut self, name: &str, schema: Tree) {
        if !self.has_input(name) {
            self.inputs.push((name.to_owned(), schema));
        }
    }

    pub(in crate::language::convert) fn has_input(&self, name: &str) -> bool {
        self.inputs.iter().any(|(known, _)| known == name)
    }

    pub(in crate::language::convert) fn secret(&mut self, name: &str) {
        if !self.secrets.iter().any(|known| known == name) {
            self.secrets.push(name.to_owned());
        }
    }

    /// Every step, of every list and every group.
    pub(in crate::language::convert) fn each<'a>(&'a self, visit: &mut dyn FnMut(&'a Step)) {
        for step in self.steps.iter().chain(&self.on_failure).chain(&self.finally) {
            step.walk(visit);
        }
    }

    pub(super) fn find_mut(&mut self, serial: usize) -> Option<&mut Step> {
        let lists = self.steps.iter_mut().chain(&mut self.on_failure).chain(&mut self.finally);
        lists.into_iter().find_map(|step| step.find_mut(serial))
    }

    pub(super) fn number(&mut self) {
        let mut next = 0;
        for step in self.steps.iter_mut().chain(&mut self.on_failure).chain(&mut self.finally) {
            step.number(&mut next);
        }
    }

    pub(super) fn tree(&self) -> Tree {
        let text = |text: &Option<String>| text.as_ref().map(Tree::text);
        let list =
            |steps: &[Step]| (!steps.is_empty()).then(|| Tree::List(steps.iter().map(Step::entry).collect()));
        let parts = [
            ("name", Some(Tree::text(&self.name))),
            ("version", text(&self.version)),
            ("description", text(&self.description)),
            ("inputs", entries("inputs", &self.inputs)),
            ("env", marked("env", variables(&self.env))),
            ("secrets", (!self.secrets.is_empty()).then(|| Tree::texts(&self.secrets))),
            ("checks", entries("checks", &self.checks)),
            ("state", entries("state", &self.state)),
            ("steps", Some(Tree::List(self.steps.iter().map(Step::entry).collect()))),
            ("on_failure", list(&self.on_failure)),
            ("finally", list(&self.finally)),
            ("outputs", entries("outputs", &self.outputs)),
            ("concurrency", self.concurrency.clone()),
            ("timeout", text(&self.timeout)),
            ("labels", (!self.labels.is_empty()).then(|| flow(Tree::map(self.labels.iter().cloned())))),
            ("schedule", self.schedule.clone()),
        ];
        let mut written: Vec<Entry> = Vec::new();
        let mut above = self.comments.clone();
        for (key, value) in parts {
            let Some(value) = value else { continue };
            let mut comments = std::mem::take(&mut above);
            comments.extend(self.notes_of(key));
            written.push(Entry::new(key, value).comments(comments).mark(Mark::Top(key.to_owned(), None)));
        }
        let present: Vec<&str> = written.iter().filter_map(|entry| entry.key.as_deref()).collect();
        let homeless: Vec<String> = self
            .notes
            .iter()
            .filter(|(key, _)| !present.contains(key))
            .map(|(_, comment)| comment.clone())
            .collect();
        if let Some(first) = written.first_mut() {
            first.comments.extend(homeless);
        }
        Tree::Map(written)
    }

    fn notes_of(&self, key: &str) -> impl Iterator<Item = String> {
        self.notes.iter().filter(move |(of, _)| *of == key).map(|(_, comment)| comment.clone())
    }
}

fn entries(key: &str, values: &[(String, Tree)]) -> Option<Tree> {
    let entries = values.iter().map(|(name, value)| {
        Entry::new(name, value.clone()).mark(Mark::Top(key.to_owned(), Some(name.clone())))
    });
    (!values.is_empty()).then(|| Tree::Map(entries.collect()))
}

fn marked(key: &str, tree: Tree) -> Option<Tree> {
    let Tree::Flow(inner) = tree else { return None };
    let Tree::Map(mut entries) = *inner else { return None };
    for entry in &mut entries {
        entry.mark = Some(Mark::Top(key.to_owned(), entry.key.clone()));
    }
    let is_small = entries.len() < 3;
    (!entries.is_empty()).then(|| if is_small { flow(Tree::Map(entries)) } else { Tree::Map(entries) })
}
