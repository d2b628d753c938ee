//! The state of the deserializer that reads values. `deserializer` has the methods that serde calls.

use super::fault::Fault;
use crate::convert::{FromValue, Misfit};
use crate::value::{Value, says_none};

/// Reads one value.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) value: &'a Value,
    /// The field that the value belongs to, if it belongs to a struct.
    pub(super) field: Option<Field<'a>>,
    /// Whether to parse a text if serde does not say which type it needs. See [`from_value`](super::from_value).
    pub(super) parses_text: bool,
}

/// A key of a mapping that is read as a struct.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    /// The names of all fields of the struct.
    pub(super) known: &'static [&'static str],
}

impl<'a> Reader<'a> {
    pub(super) fn new(value: &'a Value, parses_text: bool) -> Self {
        Self {
            value,
            field: None,
            parses_text,
        }
    }

    /// Return a reader of another value, with the same settings.
    pub(super) fn with_value<'b>(self, value: &'b Value) -> Reader<'b> {
        Reader::new(value, self.parses_text)
    }

    /// Return a reader of the value of a field.
    pub(super) fn with_field<'b>(self, value: &'b Value, field: Option<Field<'b>>) -> Reader<'b> {
        Reader {
            field,
            ..self.with_value(value)
        }
    }

    pub(super) fn is_none(self) -> bool {
        match self.value {
            Value::None => true,
            Value::Text(text) => self.parses_text && says_none(text),
            _ => false,
        }
    }

    pub(super) fn convert<T: FromValue>(self) -> Result<T, Fault> {
        T::from_value(self.value).map_err(|misfit| self.fault(misfit))
    }

    pub(super) fn fault(self, misfit: Misfit) -> Fault {
        Fault {
            detail: misfit.text_about(self.value),
            path: misfit.path,
        }
    }
}
