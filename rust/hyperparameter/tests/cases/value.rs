//! The values of the file, and comparing them.

use std::collections::BTreeSet;

use hyperparameter::{FromValue, Misfit, Value};
use serde::ser::{Error, Serialize, SerializeMap, SerializeTuple, Serializer};
use toml::Value as Data;

const TAGS: [&str; 6] = ["bigint", "none", "pairs", "reference", "set", "tuple"];

/// Return the tag and the content of a table that represents another value.
pub(crate) fn tagged(data: &Data) -> Option<(&str, &Data)> {
    let table = data.as_table().filter(|table| table.len() == 1)?;
    let (tag, content) = table.iter().next()?;
    TAGS.contains(&tag.as_str()).then_some((tag, content))
}

/// Return the value that a value of the file represents.
pub(crate) fn value_of(data: &Data) -> Result<Value, String> {
    let values = |items: &[Data]| items.iter().map(value_of).collect::<Result<Vec<_>, _>>();
    Ok(match (tagged(data), data) {
        (Some(("none", Data::Boolean(true))), _) => Value::None,
        (Some(("bigint", Data::String(digits))), _) => bigint(digits)?.into(),
        (Some(("tuple", Data::Array(items))), _) => values(items)?.into(),
        (Some(("set", Data::Array(items))), _) => {
            let items = values(items)?;
            let items: Result<BTreeSet<Item>, _> = items.iter().map(Item::from_value).collect();
            items.map_err(|misfit| format!("{misfit:?}"))?.into()
        }
        (Some(_), _) => return Err(format!("{data} represents no value")),
        (None, Data::Boolean(value)) => (*value).into(),
        (None, Data::Integer(value)) => (*value).into(),
        (None, Data::Float(value)) => (*value).into(),
        (None, Data::String(text)) => text.into(),
        (None, Data::Array(items)) => values(items)?.into(),
        (None, Data::Table(table)) => {
            let entries = table.iter().map(|(key, item)| Ok((key, value_of(item)?)));
            entries.collect::<Result<Value, String>>()?
        }
        (None, Data::Datetime(_)) => return Err(format!("{data} is not a value of a case")),
    })
}

fn bigint(digits: &str) -> Result<i128, String> {
    digits
        .parse()
        .map_err(|error| format!("bigint {digits}: {error}"))
}

/// Return whether two values have the same type and content. 1, 1.0 and true are three values, and nan equals nan.
pub(crate) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Float(left), Value::Float(right)) => {
            left.to_bits() == right.to_bits() || left.is_nan() && right.is_nan()
        }
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .zip(right.iter())
                    .all(|(left, right)| same(left, right))
        }
        (Value::Map(left), Value::Map(right)) => {
            left.keys().eq(right.keys())
                && left
                    .values()
                    .zip(right.values())
                    .all(|(left, right)| same(left, right))
        }
        _ => left == right,
    }
}

/// A value of the file as a source of parameters. It serializes as the value that it represents.
pub(crate) struct Source<'a>(pub(crate) &'a Data);

impl Serialize for Source<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (tagged(self.0), self.0) {
            (Some(("none", Data::Boolean(true))), _) => serializer.serialize_none(),
            (Some(("bigint", Data::String(digits))), _) => {
                serializer.serialize_i128(bigint(digits).map_err(Error::custom)?)
            }
            (Some(("tuple", Data::Array(items))), _) => {
                let mut tuple = serializer.serialize_tuple(items.len())?;
                for item in items {
                    tuple.serialize_element(&Source(item))?;
                }
                tuple.end()
            }
            (Some(("pairs", Data::Array(pairs))), _) => {
                let mut map = serializer.serialize_map(Some(pairs.len()))?;
                for pair in pairs {
                    match pair.as_array().map(Vec::as_slice) {
                        Some([key, item]) => map.serialize_entry(&Source(key), &Source(item))?,
                        _ => return Err(Error::custom(format_args!("{pair} is not a pair"))),
                    }
                }
                map.end()
            }
            (Some(("set", Data::Array(items))), _) | (None, Data::Array(items)) => {
                serializer.collect_seq(items.iter().map(Source))
            }
            (Some((tag, _)), _) => Err(Error::custom(format_args!("{tag} has wrong content"))),
            (None, Data::Boolean(value)) => serializer.serialize_bool(*value),
            (None, Data::Integer(value)) => serializer.serialize_i64(*value),
            (None, Data::Float(value)) => serializer.serialize_f64(*value),
            (None, Data::String(text)) => serializer.serialize_str(text),
            (None, Data::Table(table)) => {
                serializer.collect_map(table.iter().map(|(key, item)| (key, Source(item))))
            }
            (None, Data::Datetime(_)) => Err(Error::custom("a date is not a value of a case")),
        }
    }
}

/// An item of a set.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Item {
    Int(i128),
    Text(String),
}

impl FromValue for Item {
    fn wanted() -> String {
        "int or str".to_owned()
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        match value {
            Value::Int(value) => Ok(Self::Int(*value)),
            Value::Text(text) => Ok(Self::Text(text.to_string())),
            _ => Err(Misfit::new(Self::wanted())),
        }
    }
}

impl From<Item> for Value {
    fn from(item: Item) -> Self {
        match item {
            Item::Int(value) => value.into(),
            Item::Text(text) => text.into(),
        }
    }
}
