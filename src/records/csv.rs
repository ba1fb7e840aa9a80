//! Tables as text (RFC 4180), and what a cell means. Nothing between two commas is nothing; `""` is an empty text; `null`,
//! `true`, `false` and numbers are what they are, and texts where they stand in quotes; what begins with `[`, `{` or a
//! quote of its own is JSON.

use super::error::{Error, Result};
use super::number;
use super::path::{Path, Step};
use serde_json::{Map, Value};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub text: String,
    pub quoted: bool,
}

/// A row that is read line by line: a cell in quotes may go over several.
#[derive(Debug, Default)]
pub struct Row {
    cells: Vec<Cell>,
    /// The cell that is not closed yet.
    open: Option<String>,
}

impl Row {
    /// The cells, once the row is complete.
    pub fn push(&mut self, line: &str) -> Result<Option<Vec<Cell>>> {
        let mut rest = line;
        if let Some(open) = &mut self.open {
            open.push('\n');
        } else if let Some(inner) = rest.strip_prefix('"') {
            self.open = Some(String::new());
            rest = inner;
        }
        loop {
            if let Some(open) = &mut self.open {
                let Some((text, after)) = rest.split_once('"') else {
                    open.push_str(rest);
                    return Ok(None);
                };
                open.push_str(text);
                if let Some(more) = after.strip_prefix('"') {
                    open.push('"');
                    rest = more;
                    continue;
                }
                let text = self.open.take().unwrap_or_default();
                self.cells.push(Cell { text, quoted: true });
                match after.strip_prefix(',') {
                    Some(after) => rest = after,
                    None if matches!(after, "" | "\r") => return Ok(Some(std::mem::take(&mut self.cells))),
                    None => {
                        *self = Self::default();
                        return Err(Error::new(
                            "something follows the quotes of a cell",
                            "double a quote that belongs to the text: \"say \"\"hello\"\"\"",
                        ));
                    }
                }
            } else {
                let (text, after) =
                    rest.split_once(',').map_or((rest, None), |(text, after)| (text, Some(after)));
                // The end of a line may be written as Windows does.
                let text = if after.is_none() { text.trim_end_matches('\r') } else { text };
                self.cells.push(Cell { text: text.to_owned(), quoted: false });
                match after {
                    Some(after) => rest = after,
                    None => return Ok(Some(std::mem::take(&mut self.cells))),
                }
            }
            if let Some(inner) = rest.strip_prefix('"') {
                self.open = Some(String::new());
                rest = inner;
            }
        }
    }

    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }
}

impl Cell {
    /// `None` where nothing is said.
    pub fn value(&self) -> Result<Option<Value>> {
        let text = self.text.as_str();
        if text.is_empty() {
            return Ok(self.quoted.then(|| Value::from("")));
        }
        if !self.quoted || text.starts_with(['[', '{', '"']) {
            if let Ok(value) = serde_json::from_str(text) {
                number::kept_in(text)?;
                return Ok(Some(value));
            }
            number::literal(text)?;
        }
        Ok(Some(Value::from(text)))
    }
}

/// What a value is written as; read again it is the same.
pub fn cell(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::String(text)) => {
            if text.starts_with(['[', '{', '"']) && serde_json::from_str::<Value>(text).is_ok() {
                return quoted(&Value::from(text.as_str()).to_string());
            }
            let is_json = serde_json::from_str::<Value>(text).is_ok() || number::literal(text).is_err();
            let is_plain = !text.is_empty() && !text.contains(['"', ',', '\n', '\r']) && text.trim() == text;
            if is_plain && !is_json { text.clone() } else { quoted(text) }
        }
        Some(value @ (Value::Array(_) | Value::Object(_))) => quoted(&value.to_string()),
        Some(single) => single.to_string(),
    }
}

/// A text that stands for itself alone, such as the name of a column.
pub fn word(text: &str) -> String {
    if text.is_empty() || text.contains(['"', ',', '\n', '\r']) { quoted(text) } else { text.to_owned() }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The single values, lists and empty objects of data, by their paths: the columns it has.
pub fn columns(data: &Value) -> Vec<(Path, &Value)> {
    let mut columns = Vec::new();
    spread(&mut Vec::new(), data, &mut columns);
    columns
}

fn spread<'v>(steps: &mut Vec<Step>, value: &'v Value, columns: &mut Vec<(Path, &'v Value)>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (key, value) in fields {
                steps.push(Step::Key(key.clone()));
                spread(steps, value, columns);
                steps.pop();
            }
        }
        _ if steps.is_empty() => {}
        _ => columns.push((Path(steps.clone()), value)),
    }
}

/// Put a value at a path of keys.
pub fn place(data: &mut Map<String, Value>, path: &Path, value: Value) -> Result<()> {
    let blocked = || {
        let hint = "a column and one below it, such as a and a.b, can't both be filled in one row";
        Error::new(format!("{path} can't be filled in"), hint)
    };
    let mut fields = data;
    let (last, before) = path.0.split_last().ok_or_else(blocked)?;
    for step in before {
        let Step::Key(key) = step else { return Err(blocked()) };
        let below = fields.entry(key.clone()).or_insert_with(|| Value::Object(Map::new()));
        fields = below.as_object_mut().ok_or_else(blocked)?;
    }
    let Step::Key(key) = last else { return Err(blocked()) };
    if fields.contains_key(key) {
        return Err(blocked());
    }
    fields.insert(key.clone(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(text: &str) -> Vec<Cell> {
        let mut row = Row::default();
        text.split('\n').find_map(|line| row.push(line).unwrap()).unwrap()
    }

    #[test]
    fn nothing_and_null_and_an_empty_text_are_three_things() {
        let values: Vec<_> =
            row(r#"a,,"",null,"null",1,"1","[1]",x y,"#).iter().map(|cell| cell.value().unwrap()).collect();
        let expected = [
            Some(json!("a")),
            None,
            Some(json!("")),
            Some(json!(null)),
            Some(json!("null")),
            Some(json!(1)),
            Some(json!("1")),
            Some(json!([1])),
            Some(json!("x y")),
            None,
        ];
        assert_eq!(values, expected);
        assert!(row("100000000000000000001")[0].value().is_err());
    }

    #[test]
    fn what_is_written_is_read_again() {
        let values = [
            json!(""),
            json!(null),
            json!("null"),
            json!(1.5),
            json!("1.5"),
            json!("a,\"b\"\nc"),
            json!("[1]"),
            json!("[x"),
            json!("\"q\""),
            json!("\"q"),
            json!({}),
            json!([1, { "a": "b" }]),
            json!(" a "),
            json!("true"),
            json!(true),
            json!("100000000000000000001"),
            json!("\n"),
            json!("{\"a\":1}"),
        ];
        for value in &values {
            let text = format!("x,{},y", cell(Some(value)));
            let cells = row(&text);
            assert_eq!((cells.len(), cells[1].value().unwrap().as_ref()), (3, Some(value)), "{text}");
        }
        let whole: Vec<String> = values.iter().map(|value| cell(Some(value))).collect();
        assert_eq!(row(&whole.join(",")).len(), values.len());
    }

    #[test]
    fn data_is_spread_over_columns_and_gathered_again() {
        let data = json!({ "a": { "b": 1, "c.d": { "e": [] } }, "f": {}, "g": null });
        let mut gathered = Map::new();
        for (path, value) in columns(&data) {
            place(&mut gathered, &Path::parse(&path.to_string()).unwrap(), value.clone()).unwrap();
        }
        assert_eq!(Value::Object(gathered.clone()), data);
        assert!(place(&mut gathered, &Path::parse("a.b.x").unwrap(), json!(1)).is_err());
        assert!(place(&mut gathered, &Path::parse("a").unwrap(), json!(1)).is_err());
        assert!(Row::default().push("\"a\"b").is_err());
    }
}
