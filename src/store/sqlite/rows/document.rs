//! The document of an entity, read into a map that has room for it from the start: much of the time that a page takes is
//! spent in here.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// Room for the fields of most documents.
const FIELDS: usize = 14;

pub(in crate::store::sqlite) struct Document(pub Value);

impl FromSql for Document {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        read(value.as_str()?).map(Self).map_err(FromSqlError::other)
    }
}

fn read(text: &str) -> serde_json::Result<Value> {
    if text.starts_with('{') {
        serde_json::from_str(text).map(|Fields(fields)| Value::Object(fields))
    } else {
        serde_json::from_str(text)
    }
}

struct Fields(Map<String, Value>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Fields;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Fields, A::Error> {
        let mut map = Map::with_capacity(FIELDS);
        while let Some((name, value)) = fields.next_entry()? {
            map.insert(name, value);
        }
        Ok(Fields(map))
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use proptest::prelude::*;
    use serde_json::Value;

    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 64, 20, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((".*", inner), 0..20)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_reads_what_any_reader_does(value in json()) {
            let text = value.to_string();
            prop_assert_eq!(read(&text).expect("JSON").to_string(), text);
        }

        #[test]
        fn it_refuses_what_any_reader_does(text in r#"[\[\]{}":,0-9ae.\-tru]{0,12}"#) {
            prop_assert_eq!(read(&text).ok(), serde_json::from_str::<Value>(&text).ok());
        }
    }
}
