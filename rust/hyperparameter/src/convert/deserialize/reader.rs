//! The state of the deserializer that reads values. `deserializer` has the methods that serde calls.

use super::buffer::Buffer;
use super::fault::Fault;
use crate::convert::FromValue;
use crate::value::{Value, says_none};

/// Reads one value.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) value: &'a Value,
    /// The default that the value sets parts of. All other parts come from it.
    pub(super) default: Option<&'a Value>,
    /// The field that the value belongs to, if it belongs to a struct.
    pub(super) field: Option<Field<'a>>,
    /// The values that serde buffers, because it does not say yet which types it needs.
    pub(super) buffer: &'a Buffer,
}

/// A key of a mapping that is read as a struct.
#[derive(Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    /// The names of all fields of the struct.
    pub(super) known: &'static [&'static str],
}

impl<'a> Reader<'a> {
    pub(super) fn new(value: &'a Value, default: Option<&'a Value>, buffer: &'a Buffer) -> Self {
        Self {
            value,
            default,
            field: None,
            buffer,
        }
    }

    /// Return a reader of another value without a default, with the same settings.
    pub(super) fn with_value<'b>(self, value: &'b Value) -> Reader<'b>
    where
        'a: 'b,
    {
        Reader::new(value, None, self.buffer)
    }

    /// Return a reader of the form in which the value is given.
    pub(super) fn with_given<'b>(self, given: &'b Value) -> Reader<'b>
    where
        'a: 'b,
    {
        Reader {
            value: given,
            ..self
        }
    }

    /// Return a reader of a part of the value, with the same part of the default.
    pub(super) fn with_part<'b>(self, part: Part<'b>) -> Reader<'b>
    where
        'a: 'b,
    {
        Reader::new(part.value, part.default, self.buffer)
    }

    pub(super) fn is_none(self) -> bool {
        match self.value {
            Value::None => true,
            Value::Untyped { text, .. } => says_none(text),
            Value::Text(text) => self.buffer.parses_text && says_none(text),
            _ => false,
        }
    }

    pub(super) fn convert<T: FromValue>(self) -> Result<T, Fault> {
        T::from_value(self.value).map_err(Fault)
    }
}

/// An item of a list, an entry of a mapping, or the content of an enum variant.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) value: &'a Value,
    /// The same part of the default. `None` if the default has none, or if `value` is it.
    pub(super) default: Option<&'a Value>,
}

impl<'a> Part<'a> {
    pub(super) fn without_default(value: &'a Value) -> Self {
        Self {
            value,
            default: None,
        }
    }
}
