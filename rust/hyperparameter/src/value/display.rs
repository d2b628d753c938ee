//! Values as messages show them, in the notation that all languages of the library share.

use std::fmt::{self, Write as _};

use super::Value;
use crate::quote::quoted;

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(_) | Self::Int(_) | Self::UInt(_) | Self::Float(_) => {
                f.write_str(&self.number_text().unwrap_or_default())
            }
            Self::Text(text) => f.write_str(&quoted(text)),
            Self::List(list) => {
                f.write_char('[')?;
                write_separated(f, list.iter(), |f, item| write!(f, "{item}"))?;
                f.write_char(']')
            }
            Self::Map(map) => {
                f.write_char('{')?;
                write_separated(f, map.iter(), |f, (key, item)| {
                    write!(f, "{}: {item}", quoted(key))
                })?;
                f.write_char('}')
            }
            Self::Other(other) => write!(f, "<{}>", other.type_name),
            Self::Untyped { text, .. } => f.write_str(&quoted(text)),
            Self::Appended(values) => fmt::Display::fmt(&Self::List(values.clone()), f),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn write_separated<T>(
    f: &mut fmt::Formatter<'_>,
    items: impl Iterator<Item = T>,
    mut write_item: impl FnMut(&mut fmt::Formatter<'_>, T) -> fmt::Result,
) -> fmt::Result {
    for (index, item) in items.enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        write_item(f, item)?;
    }
    Ok(())
}

impl Value {
    /// Return the text of a number or bool, `None` for any other value.
    pub(crate) fn number_text(&self) -> Option<String> {
        Some(match self {
            Self::Bool(value) => if *value { "True" } else { "False" }.to_owned(),
            Self::Int(value) => value.to_string(),
            Self::UInt(value) => value.to_string(),
            Self::Float(value) => float_text(*value),
            _ => return None,
        })
    }
}

/// Return the shortest text that parses as the same float. Its exponent has a sign and at least two digits, as in
/// Python.
fn float_text(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    let text = format!("{value:?}");
    let Some((digits, exponent)) = text.split_once('e') else {
        return text;
    };
    let (sign, exponent) = exponent
        .strip_prefix('-')
        .map_or(('+', exponent), |exponent| ('-', exponent));
    format!("{digits}e{sign}{exponent:0>2}")
}

/// How many characters of a value a message shows.
const MAX_SHOWN: usize = 200;

/// Return the text of a value for a message. A long text is cut off, and ends with `…`.
pub(crate) fn short_repr(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(MAX_SHOWN) {
        None => text,
        Some(_) => text.chars().take(MAX_SHOWN - 1).chain(['…']).collect(),
    }
}
