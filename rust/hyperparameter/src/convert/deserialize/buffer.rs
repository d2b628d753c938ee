//! Values that serde buffers before it knows which types they need.
//!
//! For the content of `flatten`, and of enums that are untagged or have an inner tag, serde asks for any value. Later it
//! converts the buffered value to the type of the field, without the conversion rule: a text cannot become a number. But
//! its error names the value and the type. So the value is given again, converted to that type by the rule:
//!
//! ```text
//! {lr: "0.1", name: "5"}  →  invalid type: string "0.1", expected f64
//! {lr: 0.1,   name: "5"}  →  Ok
//! ```
//!
//! If several values equal the one in the error, each of them is tried. So each value is converted by what its own field
//! needs, whatever its neighbours look like.

use std::cell::RefCell;

use serde::de::{DeserializeOwned, Unexpected};

use super::deserializer::parse_text;
use super::fault::Fault;
use super::reader::Reader;
use crate::convert::{AtFault, FromValue, Misfit};
use crate::key::quote;
use crate::value::{Value, says_none};

/// How often a value is given again, at most.
const MAX_ATTEMPTS: usize = 500;

/// The values that serde buffers in one attempt, in the order in which it reads them.
#[derive(Default)]
pub(super) struct Buffer {
    /// What the values are given as. `None` means as they are.
    forms: Vec<Option<Value>>,
    /// The values that were read so far: as they were set, and as they were given.
    read: RefCell<Vec<(Value, Value)>>,
    /// Whether each text that looks like a bool, `None`, a number or JSON is given as that.
    pub(super) parses_text: bool,
}

impl Buffer {
    /// Return what the next value is given as. A list and a mapping are given as they are: their parts come next.
    pub(super) fn give(&self, value: &Value) -> Value {
        if let Value::List(_) | Value::Map(_) | Value::Other(_) = value {
            return value.clone();
        }
        let mut read = self.read.borrow_mut();
        let form = self.forms.get(read.len()).cloned().flatten();
        let parsed = || {
            value
                .as_text()
                .filter(|_| self.parses_text)
                .and_then(parse_text)
        };
        let given = form
            .or_else(parsed)
            .unwrap_or_else(|| value.plain().clone());
        read.push((value.clone(), given.clone()));
        given
    }

    /// Return the numbers of the values that a mismatch can be about, and the forms in which they fit.
    ///
    /// The first of these values becomes the source of the mismatch.
    fn candidates(&self, mismatch: &mut Mismatch) -> Vec<(usize, Value)> {
        let read = self.read.borrow();
        let is_converted = |index: usize| matches!(self.forms.get(index), Some(Some(_)));
        let given: Vec<_> = (read.iter().enumerate())
            .filter(|(index, (_, given))| !is_converted(*index) && *given == mismatch.given)
            .map(|(index, (source, _))| (index, source))
            .collect();
        mismatch.source = given.first().map(|(_, source)| (*source).clone());
        given
            .into_iter()
            .filter_map(|(index, source)| Some((index, mismatch.convert(source)?)))
            .collect()
    }
}

/// A buffered value that does not have the type of its field.
#[derive(Clone, Debug)]
pub(crate) struct Mismatch {
    given: Value,
    /// The value as it was set, if it was found among the buffered values.
    source: Option<Value>,
    /// The type that serde needs, as serde names it.
    expected: String,
}

impl Mismatch {
    /// Return the mismatch of an error of serde. Return `None` if it is not about a single value.
    pub(super) fn new(given: Unexpected<'_>, expected: String) -> Option<Self> {
        let given = match given {
            Unexpected::Bool(value) => value.into(),
            Unexpected::Signed(value) => value.into(),
            Unexpected::Unsigned(value) => value.into(),
            Unexpected::Float(value) => value.into(),
            Unexpected::Str(text) => text.into(),
            Unexpected::Char(character) => character.into(),
            _ => return None,
        };
        Some(Self {
            given,
            source: None,
            expected,
        })
    }

    /// Return the name of the type in the words of the conversion rule.
    fn wanted(&self) -> Option<String> {
        match self.expected.as_str() {
            "a boolean" => Some(bool::wanted()),
            "a string" => Some(String::wanted()),
            "a character" => Some(char::wanted()),
            "f32" | "f64" => Some(f64::wanted()),
            "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "u8" | "u16" | "u32" | "u64"
            | "u128" | "usize" => Some(i64::wanted()),
            _ => None,
        }
    }

    /// Convert a value to the expected type by the conversion rule. A text that says so can also mean `None`.
    fn convert(&self, value: &Value) -> Option<Value> {
        match self.wanted().as_deref() {
            Some("bool") => bool::from_value(value).ok().map(Value::from),
            Some("str" | "character") => String::from_value(value).ok().map(Value::from),
            Some("float") => f64::from_value(value).ok().map(Value::from),
            Some("int") => i128::from_value(value).ok().map(Value::from),
            _ => value.as_text().and_then(parse_text),
        }
        .or_else(|| {
            value
                .as_text()
                .filter(|text| says_none(text))
                .map(|_| Value::None)
        })
        .filter(|converted| *converted != self.given)
    }

    /// Name the part that a misfit is about, in place of the value around it.
    fn blame_part_of(&self, value: &Value, mut misfit: Misfit) -> Misfit {
        let around = match &misfit.at_fault {
            AtFault::Value(part) => part,
            _ => value,
        };
        let is_source =
            |leaf: &Value| (self.source.as_ref()).is_some_and(|source| is_same(leaf, source));
        let found = find_part(around, &is_source)
            .or_else(|| find_part(around, &|leaf| *leaf.plain() == self.given));
        if let Some((path, part)) = found {
            misfit.path += &path;
            misfit.at_fault = AtFault::Value(Box::new(part));
            if let Some(wanted) = self.wanted().filter(|_| misfit.wanted.is_empty()) {
                misfit.wanted = wanted;
                misfit.detail = None;
            }
        }
        misfit
    }
}

/// Return whether two values are one value, not only equal.
fn is_same(left: &Value, right: &Value) -> bool {
    match (left.as_text(), right.as_text()) {
        (Some(left), Some(right)) => std::ptr::eq(left, right),
        _ => left == right,
    }
}

/// Return the path of the first part of a value that a function accepts, and the part. A text in JSON has parts too.
fn find_part(value: &Value, is_it: &dyn Fn(&Value) -> bool) -> Option<(String, Value)> {
    match &*value.with_parts() {
        Value::Map(map) => map.iter().find_map(|(name, item)| {
            let (path, part) = find_part(item, is_it)?;
            Some((format!(".{}{path}", quote(name)), part))
        }),
        Value::List(list) => list.iter().enumerate().find_map(|(index, item)| {
            let (path, part) = find_part(item, is_it)?;
            Some((format!("[{index}]{path}"), part))
        }),
        leaf => is_it(leaf).then(|| (String::new(), leaf.clone())),
    }
}

/// The search for the forms in which the buffered values fit.
pub(super) struct Search<'a> {
    value: &'a Value,
    default: Option<&'a Value>,
    attempts: usize,
    /// The fault of the attempt that converted the most values, and their number.
    last: Option<(usize, Fault)>,
}

impl<'a> Search<'a> {
    pub(super) fn new(value: &'a Value, default: Option<&'a Value>) -> Self {
        Self {
            value,
            default,
            attempts: 0,
            last: None,
        }
    }

    /// Deserialize the value, or return why it does not fit.
    pub(super) fn run<T: DeserializeOwned>(mut self) -> Result<T, Misfit> {
        if let Some(output) = self.attempt(Vec::new()) {
            return Ok(output);
        }
        // An untagged enum does not say which value does not fit.
        let buffer = Buffer {
            parses_text: true,
            ..Buffer::default()
        };
        let parsed = T::deserialize(Reader::new(self.value, self.default, &buffer));
        parsed.map_err(|fault| {
            let Fault(mut misfit) = self.last.map_or(fault, |(_, fault)| fault);
            match misfit.mismatch.take() {
                Some(mismatch) => mismatch.blame_part_of(self.value, misfit),
                None => misfit,
            }
        })
    }

    /// Deserialize the value with the buffered values in these forms. If one does not fit, try it in the form that does.
    fn attempt<T: DeserializeOwned>(&mut self, forms: Vec<Option<Value>>) -> Option<T> {
        let buffer = Buffer {
            forms,
            ..Buffer::default()
        };
        let mut fault = match T::deserialize(Reader::new(self.value, self.default, &buffer)) {
            Ok(output) => return Some(output),
            Err(fault) => fault,
        };
        let candidates = match &mut fault.0.mismatch {
            Some(mismatch) => buffer.candidates(mismatch),
            None => Vec::new(),
        };
        let forms = buffer.forms;
        let converted = forms.iter().flatten().count();
        if (self.last.as_ref()).is_none_or(|(most, _)| converted > *most) {
            self.last = Some((converted, fault));
        }
        for (index, form) in candidates {
            if self.attempts == MAX_ATTEMPTS {
                break;
            }
            self.attempts += 1;
            // A list or mapping has values of its own, so that those after it have other numbers.
            let length = match form {
                Value::List(_) | Value::Map(_) => index + 1,
                _ => forms.len().max(index + 1),
            };
            let mut forms = forms.clone();
            forms.resize(length, None);
            forms[index] = Some(form);
            if let Some(output) = self.attempt(forms) {
                return Some(output);
            }
        }
        None
    }
}
