//! JavaScript's methods of texts and lists, as filters and tests.

use super::super::expression::{Binary, Expr, Level, Part, Piece, Why, path, write};
use super::super::text::jinja_text;
use super::workflow::AroMcp;

impl AroMcp<'_, '_> {
    pub(super) fn method(&mut self, of: &Expr, method: &str, arguments: &[Expr]) -> Result<Piece, Why> {
        if let Some((name @ ("Object" | "JSON" | "Math" | "Array" | "Date"), parts)) = path(of)
            && parts.is_empty()
        {
            return self.function(name, method, arguments);
        }
        let value = write(of, self)?;
        match (method, arguments) {
            ("includes", [one]) => {
                let one = write(one, self)?;
                Ok(Piece::new(
                    format!("{} in {}", one.at(Level::Sum), value.at(Level::Sum)),
                    Level::Comparison,
                ))
            }
            ("startsWith", [start]) => self.tested(&value, "startingwith", start),
            ("endsWith", [end]) => self.tested(&value, "endingwith", end),
            ("trim" | "trimEnd" | "trimStart", []) => Ok(value.filter("trim")),
            ("toLowerCase", []) => Ok(value.filter("lower")),
            ("toUpperCase", []) => Ok(value.filter("upper")),
            ("toString", []) => Ok(value.filter("string")),
            ("reverse", []) => Ok(value.filter("reverse")),
            ("sort", []) => Ok(value.filter("sort")),
            ("join", []) => Ok(value.filter("join(',')")),
            ("join" | "split", [Expr::Text(by)]) => {
                Ok(value.filter(&format!("{method}({})", jinja_text(by))))
            }
            ("replace" | "replaceAll", [Expr::Text(from), Expr::Text(to)]) => {
                Ok(value.filter(&format!("replace({}, {})", jinja_text(from), jinja_text(to))))
            }
            ("slice" | "substring", [start]) => {
                let start = write(start, self)?;
                Ok(Piece::atom(format!("{}[{}:]", value.at(Level::Atom), start.text)))
            }
            ("slice" | "substring", [start, end]) => {
                let (start, end) = (write(start, self)?, write(end, self)?);
                Ok(Piece::atom(format!("{}[{}:{}]", value.at(Level::Atom), start.text, end.text)))
            }
            ("concat", [other]) => {
                let other = write(other, self)?;
                Ok(Piece::new(format!("{} + {}", value.at(Level::Sum), other.at(Level::Product)), Level::Sum))
            }
            ("filter", [Expr::Function(parameters, body)]) => self.filtered(&value, parameters, body),
            ("map", [Expr::Function(parameters, body)]) => Self::mapped(&value, parameters, body),
            _ => Err(format!("`.{method}()` has no counterpart")),
        }
    }

    fn function(&mut self, object: &str, method: &str, arguments: &[Expr]) -> Result<Piece, Why> {
        match (object, method, arguments) {
            ("Object", "keys", [value]) => Ok(write(value, self)?.filter("list")),
            ("JSON", "stringify", [value, ..]) => Ok(write(value, self)?.filter("tojson")),
            ("JSON", "parse", _) => {
                Err("no expression reads JSON: let the step that prints it say `parse: json`".to_owned())
            }
            ("Math", "round", [value]) => Ok(write(value, self)?.filter("round").filter("int")),
            ("Math", "abs", [value]) => Ok(write(value, self)?.filter("abs")),
            ("Math", "min" | "max", values) if !values.is_empty() => {
                let list = write(&Expr::List(values.to_vec()), self)?;
                Ok(list.filter(method))
            }
            ("Array", "isArray", [value]) => {
                let value = write(value, self)?;
                Ok(Piece::new(format!("{} is sequence", value.at(Level::Filter)), Level::Comparison))
            }
            _ => Err(format!("`{object}.{method}()` has no counterpart")),
        }
    }

    fn tested(&mut self, value: &Piece, test: &str, argument: &Expr) -> Result<Piece, Why> {
        let argument = write(argument, self)?;
        Ok(Piece::new(format!("{} is {test}({})", value.at(Level::Filter), argument.text), Level::Comparison))
    }

    /// `list.filter(x => ...)` where one test says it.
    fn filtered(&mut self, list: &Piece, parameters: &[String], body: &Expr) -> Result<Piece, Why> {
        let [item] = parameters else {
            return Err("a filter over more than the item has no counterpart".to_owned());
        };
        let (body, select) = match body {
            Expr::Not(inner) => (&**inner, "reject"),
            other => (other, "select"),
        };
        let hidden = self.frame.names.insert(item.clone(), "item".to_owned());
        let filter = self.one_test(item, body, select);
        match hidden {
            Some(hidden) => self.frame.names.insert(item.clone(), hidden),
            None => self.frame.names.remove(item),
        };
        Ok(list.filter(&filter?).filter("list"))
    }

    fn one_test(&mut self, item: &str, body: &Expr, select: &str) -> Result<String, Why> {
        let of_item = |expr: &Expr| match path(expr) {
            Some((name, parts)) if name == item => match parts.as_slice() {
                [] => Some(None),
                [Part::Name(attribute)] if *attribute != "length" => Some(Some((*attribute).to_owned())),
                _ => None,
            },
            _ => None,
        };
        if let Some(attribute) = of_item(body) {
            return Ok(attribute
                .map_or_else(|| select.to_owned(), |name| format!("{select}attr({})", jinja_text(&name))));
        }
        match body {
            Expr::Call(function, arguments) => {
                let Expr::Member(of, method) = &**function else { return Err(too_much()) };
                let test = match method.as_str() {
                    "startsWith" => "startingwith",
                    "endsWith" => "endingwith",
                    "trim" if arguments.is_empty() && of_item(of) == Some(None) => {
                        return Ok(select.to_owned());
                    }
                    _ => return Err(too_much()),
                };
                let ([argument], Some(attribute)) = (arguments.as_slice(), of_item(of)) else {
                    return Err(too_much());
                };
                let argument = write(argument, self)?;
                Ok(called(select, attribute.as_deref(), test, &argument.text))
            }
            Expr::Binary(operator @ (Binary::Equal | Binary::Unequal), left, right) => {
                let is_empty = matches!(&**right, Expr::Text(text) if text.is_empty());
                let trimmed = matches!(&**left, Expr::Call(function, _) if matches!(&**function, Expr::Member(of, method) if method == "trim" && of_item(of) == Some(None)));
                if *operator == Binary::Unequal && is_empty && trimmed {
                    return Ok(select.to_owned());
                }
                let attribute = of_item(left).ok_or_else(too_much)?;
                let right = write(right, self)?;
                let test = if *operator == Binary::Equal { "eq" } else { "ne" };
                Ok(called(select, attribute.as_deref(), test, &right.text))
            }
            _ => Err(too_much()),
        }
    }

    /// `list.map(x => ...)` where one filter or attribute says it.
    fn mapped(list: &Piece, parameters: &[String], body: &Expr) -> Result<Piece, Why> {
        let [item] = parameters else {
            return Err("a function of more than the item has no counterpart".to_owned());
        };
        let is_item =
            |expr: &Expr| matches!(path(expr), Some((name, parts)) if name == item && parts.is_empty());
        let filter = match body {
            Expr::Member(of, name) if is_item(of) => format!("map(attribute={})", jinja_text(name)),
            Expr::Call(function, arguments) if arguments.is_empty() => match &**function {
                Expr::Member(of, method) if is_item(of) => match method.as_str() {
                    "trim" => "map('trim')".to_owned(),
                    "toUpperCase" => "map('upper')".to_owned(),
                    "toLowerCase" => "map('lower')".to_owned(),
                    _ => return Err(too_much()),
                },
                _ => return Err(too_much()),
            },
            _ => return Err(too_much()),
        };
        Ok(list.filter(&filter).filter("list"))
    }
}

fn called(select: &str, attribute: Option<&str>, test: &str, argument: &str) -> String {
    match attribute {
        Some(name) => format!("{select}attr({}, '{test}', {argument})", jinja_text(name)),
        None => format!("{select}('{test}', {argument})"),
    }
}

fn too_much() -> Why {
    "a function of that kind has no counterpart".to_owned()
}
