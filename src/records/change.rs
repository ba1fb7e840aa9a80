//! How data changes: assignments as people type them (`status=operational`, `tags[]=x`), merge patches, and what one
//! version has that another has not.

use super::error::{Error, Result};
use super::number;
use super::path::{Path, Step};
use serde_json::{Map, Value};

/// A value for a place; for the end of a list with `[]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    path: Path,
    appends: bool,
    value: Value,
}

impl Assignment {
    /// JSON where it is JSON, a text otherwise.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || {
            Error::new(
                format!("{text:?} is no assignment"),
                "write path=value, such as status=operational, owner.name=ada, or tags[]=x to append",
            )
        };
        let (path, end) = Path::begin(text).map_err(|_| wrong())?;
        let rest = text[end..].trim_start();
        let (appends, rest) = rest.strip_prefix("[]").map_or((false, rest), |rest| (true, rest.trim_start()));
        let value = rest.strip_prefix('=').filter(|_| !path.0.is_empty()).ok_or_else(wrong)?;
        let parsed = serde_json::from_str(value);
        if parsed.is_ok() {
            number::kept_in(value)?;
        }
        Ok(Self { path, appends, value: parsed.unwrap_or_else(|_| Value::from(value)) })
    }

    /// What is missing on the way becomes an object, or a list where an item is set.
    pub fn apply(&self, data: &mut Value) -> Result<()> {
        let mut place = data;
        for (at, step) in self.path.0.iter().enumerate() {
            place = enter(place, step).ok_or_else(|| self.blocked(at))?;
        }
        if !self.appends {
            *place = self.value.clone();
            return Ok(());
        }
        if place.is_null() {
            *place = Value::Array(Vec::new());
        }
        let blocked = || self.blocked(self.path.0.len());
        place.as_array_mut().ok_or_else(blocked)?.push(self.value.clone());
        Ok(())
    }

    fn blocked(&self, at: usize) -> Error {
        let before = Path(self.path.0[..at].to_vec());
        let wanted = match self.path.0.get(at) {
            Some(Step::Key(_)) => "an object",
            Some(Step::Item(_)) => "a list with so many items",
            None => "a list",
        };
        Error::new(
            format!("{} can't be set: {before} is not {wanted}", self.path),
            "set the whole of it, as JSON",
        )
    }
}

/// The end of a list may be set, too.
fn enter<'v>(value: &'v mut Value, step: &Step) -> Option<&'v mut Value> {
    match step {
        Step::Key(key) => {
            if value.is_null() {
                *value = Value::Object(Map::new());
            }
            Some(value.as_object_mut()?.entry(key.clone()).or_insert(Value::Null))
        }
        Step::Item(number) => {
            if value.is_null() {
                *value = Value::Array(Vec::new());
            }
            let items = value.as_array_mut()?;
            if *number == items.len() {
                items.push(Value::Null);
            }
            items.get_mut(*number)
        }
    }
}

/// As RFC 7386 says: null removes, objects are merged, anything else replaces.
pub fn merge(data: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *data = patch.clone();
        return;
    };
    if !data.is_object() {
        *data = Value::Object(Map::new());
    }
    let Some(fields) = data.as_object_mut() else { return };
    for (key, value) in patch {
        if value.is_null() {
            fields.shift_remove(key);
        } else {
            merge(fields.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

/// One place at which two versions differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// JSON pointer.
    pub pointer: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// Every place at which they differ, as deep inside as can be; lists are compared whole.
pub fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    differ(&mut String::new(), Some(before), Some(after), &mut found);
    found
}

fn differ(pointer: &mut String, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    if let (Some(Value::Object(old)), Some(Value::Object(new))) = (before, after) {
        let added = new.keys().filter(|key| !old.contains_key(*key));
        for key in old.keys().chain(added) {
            let length = pointer.len();
            pointer.push('/');
            pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
            differ(pointer, old.get(key), new.get(key), found);
            pointer.truncate(length);
        }
    } else if before != after {
        found.push(Difference { pointer: pointer.clone(), before: before.cloned(), after: after.cloned() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn set(data: &Value, assignments: &[&str]) -> Result<Value> {
        let mut data = data.clone();
        assignments.iter().try_for_each(|text| Assignment::parse(text)?.apply(&mut data))?;
        Ok(data)
    }

    #[test]
    fn what_is_typed_is_set() {
        let data = json!({ "status": "broken", "n": 1, "tags": ["a"] });
        let changed = set(
            &data,
            &[
                "status=operational",
                "tags[]=b",
                "tags[]=2",
                "owner.name=",
                "data.n=null",
                "l[0].x=[1]",
                "eq=a=b",
                r#"t="7""#,
            ],
        );
        assert_eq!(
            changed.unwrap(),
            json!({ "status": "operational", "n": null, "tags": ["a", "b", 2], "owner": { "name": "" },
                    "l": [{ "x": [1] }], "eq": "a=b", "t": "7" })
        );
        for (wrong, says) in [
            ("status", "no assignment"),
            ("=x", "no assignment"),
            ("[]=x", "no assignment"),
            ("status.x=1", "data.status is not an object"),
            ("tags[5]=1", "data.tags is not a list with so many items"),
            ("status[]=1", "data.status is not a list"),
            ("n=100000000000000000001", "more digits"),
        ] {
            let error = set(&data, &[wrong]).unwrap_err();
            assert!(error.message.contains(says), "{wrong}: {error}");
        }
    }

    #[test]
    fn a_patch_merges_and_differences_say_what_it_did() {
        let before = json!({ "a": { "b": 1, "c": [1] }, "d": 2, "e/f": 1 });
        let mut after = before.clone();
        merge(&mut after, &json!({ "a": { "b": null, "c": [2] }, "g": { "h": null }, "e/f": 3 }));
        assert_eq!(after, json!({ "a": { "c": [2] }, "d": 2, "e/f": 3, "g": {} }));
        let told: Vec<_> = differences(&before, &after).into_iter().map(|one| one.pointer).collect();
        assert_eq!(told, ["/a/b", "/a/c", "/e~1f", "/g"]);
        assert_eq!(differences(&before, &before), []);
    }
}
