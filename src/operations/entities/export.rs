//! All entities of a type as lines, in the order in which they were created: what is written can be imported again.

use super::rules::entity_type;
use crate::operations::{Context, Error};
use crate::records::csv::{cell, columns, word};
use crate::records::{Filter, Path};
use crate::store::entities::{Direction, EntityRow, Place, Query, Sort, State};
use serde_json::{Value, json};

const READ_AHEAD: usize = 500;
const BYTES_AHEAD: usize = 8 * 1024 * 1024;

/// How entities are written as lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// A JSON object a line.
    Jsonl,
    /// A table: name, tags, and a column for each path in data.
    Csv,
}

pub struct Export<'c> {
    context: &'c Context,
    query: Query,
    form: Form,
    columns: Vec<Path>,
    begun: bool,
    ended: bool,
    pub count: u64,
}

impl<'c> Export<'c> {
    /// Those of a type that a filter fits.
    pub fn begin(
        context: &'c Context,
        kind: &str,
        (conditions, tags): (&Value, &[String]),
        form: Form,
    ) -> Result<Self, Error> {
        entity_type(context, kind)?;
        let filter: Filter = super::query::filter(conditions, tags, None)?;
        let query = Query {
            kind: kind.to_owned(),
            filter,
            state: State::Live,
            sort: Sort::Created,
            direction: Direction::Up,
            after: None,
            limit: READ_AHEAD,
            bytes_max: BYTES_AHEAD,
        };
        let mut export =
            Self { context, query, form, columns: Vec::new(), begun: false, ended: false, count: 0 };
        if form == Form::Csv {
            export.find_columns()?;
        }
        Ok(export)
    }

    /// A table has a column for whatever any of them has.
    fn find_columns(&mut self) -> Result<(), Error> {
        let mut known = std::collections::HashSet::new();
        while let Some(rows) = self.rows()? {
            for row in rows {
                for (path, _) in columns(&row.data) {
                    if known.insert(path.to_string()) {
                        self.columns.push(path);
                    }
                }
            }
        }
        self.query.after = None;
        self.ended = false;
        Ok(())
    }

    /// The next lines, until there are no more.
    pub fn next_lines(&mut self) -> Result<Option<String>, Error> {
        let mut text = String::new();
        if !std::mem::replace(&mut self.begun, true) && self.form == Form::Csv {
            text.push_str("name,tags");
            for path in &self.columns {
                text.push(',');
                text.push_str(&word(&column(path)));
            }
            text.push('\n');
        }
        let Some(rows) = self.rows()? else {
            return Ok(Some(text).filter(|text| !text.is_empty()));
        };
        for row in rows {
            self.count += 1;
            match self.form {
                Form::Jsonl => {
                    let line = json!({ "name": row.name, "data": row.data, "tags": row.tags });
                    text.push_str(&line.to_string());
                }
                Form::Csv => text.push_str(&self.line(&row)),
            }
            text.push('\n');
        }
        Ok(Some(text))
    }

    fn line(&self, row: &EntityRow) -> String {
        let has_signs = row.tags.iter().any(|tag| tag.contains(';') || tag.starts_with('['));
        let tags = match row.tags.as_slice() {
            [] => String::new(),
            tags if has_signs => cell(Some(&json!(tags))),
            tags => word(&tags.join(";")),
        };
        let values = columns(&row.data);
        let mut line = format!("{},{tags}", word(&row.name));
        for path in &self.columns {
            line.push(',');
            line.push_str(&cell(values.iter().find(|(known, _)| known == path).map(|(_, value)| *value)));
        }
        line
    }

    fn rows(&mut self) -> Result<Option<Vec<EntityRow>>, Error> {
        if self.ended {
            return Ok(None);
        }
        let found = self.context.project()?.entities.find_entities(&self.query)?;
        self.ended = !found.has_more;
        self.query.after = found.rows.last().map(|(_, place): &(EntityRow, Place)| place.clone());
        Ok(Some(found.rows.into_iter().map(|(row, _)| row).collect())
            .filter(|rows: &Vec<_>| !rows.is_empty()))
    }
}

/// Without `data.`, unless that would be another column or path.
fn column(path: &Path) -> String {
    let whole = path.to_string();
    let short = whole.strip_prefix("data.").unwrap_or(&whole);
    let is_taken = matches!(short, "name" | "tags") || short.starts_with("data");
    if is_taken { whole } else { short.to_owned() }
}
