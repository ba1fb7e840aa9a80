//! Entities as lines of a file: JSON objects, or rows of a table whose first one names its columns.

use super::export::Form;
use crate::operations::Error;
use crate::records::csv::{Cell, Row, place};
use crate::records::{Path, number};
use serde_json::{Map, Value};

/// An entity as a file says it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Of its first line.
    pub number: u64,
    pub text: String,
    pub entity: Entity,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Entity {
    pub name: String,
    pub data: Map<String, Value>,
    /// Absent where the line says nothing of them.
    pub tags: Option<Vec<String>>,
}

/// What a line came to.
pub enum Read {
    /// A blank line, the head of a table, or a row that is not complete.
    Nothing,
    Line(Line),
    Wrong {
        number: u64,
        text: String,
        error: Error,
    },
}

impl Read {
    fn of(number: u64, text: String, entity: Result<Entity, Error>) -> Self {
        match entity {
            Ok(entity) => Self::Line(Line { number, text, entity }),
            Err(error) => Self::Wrong { number, text, error },
        }
    }
}

/// Reads a file line by line.
pub struct Lines {
    form: Form,
    number: u64,
    head: Option<Vec<Column>>,
    row: Row,
    first: u64,
    text: String,
    /// The types a column's schema takes, by its path.
    schema: Value,
}

#[derive(Debug, Clone, PartialEq)]
enum Column {
    Name,
    Tags,
    Data(Path),
}

const COLUMNS: &str =
    "columns are `name`, `tags` (a;b;c), and paths in data such as status, owner.name or data.name";

impl Lines {
    pub fn new(form: Form, schema: &Value) -> Self {
        let (row, text) = (Row::default(), String::new());
        Self { form, number: 0, head: None, row, first: 0, text, schema: schema.clone() }
    }

    /// Whether its first line names columns.
    pub fn is_table(&self) -> bool {
        self.form == Form::Csv
    }

    /// How many lines were read.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The next line, without its end.
    pub fn push(&mut self, line: &str) -> Result<Read, Error> {
        self.number += 1;
        let line = if self.number == 1 { line.trim_start_matches('\u{feff}') } else { line };
        match self.form {
            Form::Jsonl if line.trim().is_empty() => Ok(Read::Nothing),
            Form::Jsonl => Ok(Read::of(self.number, line.to_owned(), json(line))),
            Form::Csv => self.push_row(line),
        }
    }

    /// A row that the file ends in the middle of.
    pub fn end(&mut self) -> Option<Read> {
        self.row.is_open().then(|| Read::Wrong {
            number: self.first,
            text: std::mem::take(&mut self.text),
            error: Error::input("a cell is not closed").hint("end it with a quote"),
        })
    }

    fn push_row(&mut self, line: &str) -> Result<Read, Error> {
        if self.text.is_empty() {
            if line.trim().is_empty() {
                return Ok(Read::Nothing);
            }
            self.first = self.number;
        } else {
            self.text.push('\n');
        }
        self.text.push_str(line);
        let cells = match self.row.push(line) {
            Ok(None) => return Ok(Read::Nothing),
            Ok(Some(cells)) => Ok(cells),
            Err(error) => Err(Error::from(error)),
        };
        let text = std::mem::take(&mut self.text);
        let Some(head) = &self.head else {
            self.head = Some(columns(&cells?)?);
            return Ok(Read::Nothing);
        };
        let entity = cells.and_then(|cells| entity(head, &cells, &self.schema));
        Ok(Read::of(self.first, text, entity))
    }
}

/// A JSON object, with numbers that are kept as they are.
pub fn read_object(text: &str, what: &str) -> Result<Map<String, Value>, Error> {
    number::kept_in(text)?;
    match serde_json::from_str(text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Error::input(format!("{what} is no JSON object")).hint(r#"write {"key": "value"}"#)),
        Err(error) => {
            Err(Error::input(format!("{what} is not JSON: {error}")).hint("quote it for the shell"))
        }
    }
}

fn json(line: &str) -> Result<Entity, Error> {
    number::kept_in(line)?;
    let read: Value =
        serde_json::from_str(line).map_err(|error| Error::input(format!("this is not JSON: {error}")))?;
    let hint = r#"write {"name": "acme", "data": {"status": "broken"}, "tags": ["eu"]}"#;
    let Value::Object(fields) = read else {
        return Err(Error::input("a line is a JSON object").hint(hint));
    };
    let mut entity = Entity { name: String::new(), data: Map::new(), tags: None };
    for (key, value) in fields {
        match (key.as_str(), value) {
            ("name", Value::String(name)) => entity.name = name,
            ("data", Value::Object(data)) => entity.data = data,
            ("tags", tags) => {
                entity.tags = Some(
                    serde_json::from_value(tags).map_err(|_| Error::input("`tags` is a list of texts"))?,
                );
            }
            ("name", other) => return Err(Error::input(format!("`name` is a text, not {other}"))),
            ("data", other) => {
                return Err(Error::input(format!("`data` is an object, not {other}")).hint(hint));
            }
            (other, _) => return Err(Error::input(format!("`{other}` is nothing of an entity")).hint(hint)),
        }
    }
    Ok(entity)
}

fn columns(cells: &[Cell]) -> Result<Vec<Column>, Error> {
    let mut columns = Vec::new();
    for cell in cells {
        let column = match cell.text.trim() {
            "name" => Column::Name,
            "tags" => Column::Tags,
            path => Column::Data(Path::parse(path).map_err(|error| Error::from(error).hint(COLUMNS))?),
        };
        if columns.contains(&column) {
            return Err(Error::input(format!("the column {} is there twice", cell.text)));
        }
        columns.push(column);
    }
    if columns.contains(&Column::Name) {
        return Ok(columns);
    }
    Err(Error::input("the first line has no column `name`").hint(COLUMNS))
}

fn entity(head: &[Column], cells: &[Cell], schema: &Value) -> Result<Entity, Error> {
    if cells.len() != head.len() {
        return Err(Error::input(format!("the row has {} cells, the head has {}", cells.len(), head.len())));
    }
    let mut entity = Entity { name: String::new(), data: Map::new(), tags: None };
    for (column, cell) in head.iter().zip(cells) {
        match column {
            Column::Name => entity.name.clone_from(&cell.text),
            Column::Tags => entity.tags = tags(cell)?,
            Column::Data(path) => {
                if let Some(value) = value(path, cell, schema)? {
                    place(&mut entity.data, path, value)?;
                }
            }
        }
    }
    Ok(entity)
}

fn tags(cell: &Cell) -> Result<Option<Vec<String>>, Error> {
    if cell.text.is_empty() {
        return Ok(cell.quoted.then(Vec::new));
    }
    if cell.text.starts_with('[') {
        let read = serde_json::from_str(&cell.text);
        return read
            .map(Some)
            .map_err(|_| Error::input("`tags` is a list of texts, or texts with ; between them"));
    }
    let tags = cell.text.split(';').map(str::trim).filter(|tag| !tag.is_empty());
    Ok(Some(tags.map(str::to_owned).collect()))
}

/// A number where the schema wants a text is a text; a text in quotes where it wants a number is one.
fn value(path: &Path, cell: &Cell, schema: &Value) -> Result<Option<Value>, Error> {
    use crate::records::path::Step;
    let own = path.0.iter().try_fold(schema, |schema, step| match step {
        Step::Key(key) => schema.get("properties")?.get(key),
        Step::Item(_) => schema.get("items"),
    });
    let kind = own.and_then(|own| own.get("type")).and_then(Value::as_str);
    if kind == Some("string") && !cell.quoted && !cell.text.is_empty() && cell.text != "null" {
        return Ok(Some(Value::from(cell.text.as_str())));
    }
    let value = cell.value()?;
    Ok(match (value, own) {
        (Some(Value::String(text)), Some(own)) if cell.quoted && !text.is_empty() => {
            number::literal(&text)?;
            Some(crate::operations::inputs::read_as(own, &Value::String(text)))
        }
        (value, _) => value,
    })
}
