//! The one conversion rule: what is set is given as the reader asks for it, or refused.
//!
//! Numbers, text, yes and no, and JSON for containers are here, and mean the same in every language
//! of the library. Everything else that serde can make goes through `deserialize.rs`.

use std::any::Any;
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

pub use crate::error::Misfit;
use crate::value::Value;

/// What a parameter can be read as.
///
/// | asked for | accepted |
/// |---|---|
/// | `bool` | `bool`; 0 and 1; text, any case: true/false, yes/no, on/off, t/f, y/n, 1/0 |
/// | integers | integers; `bool`; a float without a fraction; text of those. What the type cannot hold is refused |
/// | `f64`, `f32` | any number; text of one, `1e-4`, `inf` and `nan` too |
/// | `String` and its like | text; a number or bool as its text |
/// | `Vec`, arrays, tuples, sets | the like; text in JSON |
/// | maps with `String` keys | the like; text in JSON; the keys beneath |
/// | `Option` | what its type accepts; `None` |
/// | [`Value`] | anything, unchanged |
///
/// Implement it for a type of your own that is made from what is set; see [`Misfit::new`]. A type that
/// serde can deserialize needs nothing.
#[diagnostic::on_unimplemented(
    message = "a parameter cannot be read as `{Self}`",
    note = "read it as an owned type, such as `String` in place of `&str`"
)]
///
/// ```
/// use hyperparameter::*;
///
/// assert_eq!(u8::from_value(&"200".into()).unwrap(), 200);
/// assert!(u8::from_value(&"300".into()).is_err());
/// assert_eq!(Vec::<f64>::from_value(&"[1, 0.5]".into()).unwrap(), [1.0, 0.5]);
/// ```
pub trait FromValue: Sized {
    /// Return the type as a person calls it.
    fn wanted() -> String;

    /// Return a value as this type.
    ///
    /// # Errors
    /// A [`Misfit`] for what does not fit.
    fn from_value(value: &Value) -> Result<Self, Misfit>;

    /// Tell whether a key that is not set reads as the mapping of the keys beneath it.
    #[must_use]
    fn takes_beneath(_default: Option<&Self>) -> bool {
        false
    }

    /// How a place in source code tells the answer it remembers from one of another type: 0 for types
    /// that it does not remember.
    #[doc(hidden)]
    const REMEMBERED_AS: u8 = 0;

    /// Return what a place in source code remembers.
    #[doc(hidden)]
    fn to_bits(&self) -> u64 {
        0
    }

    /// Return what a place in source code remembered.
    #[doc(hidden)]
    fn from_bits(_bits: u64) -> Self {
        unreachable!("only of types that are remembered")
    }
}

impl FromValue for Value {
    fn wanted() -> String {
        "anything".to_owned()
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        Ok(value.clone())
    }

    fn takes_beneath(default: Option<&Self>) -> bool {
        matches!(default, None | Some(Self::Map(_)))
    }
}

// --- Yes and no, numbers, text ---

impl FromValue for bool {
    fn wanted() -> String {
        "bool".to_owned()
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        match value {
            Value::Bool(value) => return Ok(*value),
            Value::Text(text) => return yes_or_no(text).ok_or_else(|| Misfit::new(Self::wanted())),
            Value::Int(1) | Value::UInt(1) => return Ok(true),
            Value::Int(0) | Value::UInt(0) => return Ok(false),
            Value::Float(float) if *float == 1.0 => return Ok(true),
            Value::Float(float) if *float == 0.0 => return Ok(false),
            _ => {}
        }
        Err(Misfit::new(Self::wanted()))
    }

    const REMEMBERED_AS: u8 = 1;

    fn to_bits(&self) -> u64 {
        (*self).into()
    }

    fn from_bits(bits: u64) -> Self {
        bits != 0
    }
}

/// Return what a text says: a yes or a no, or neither.
pub(crate) fn yes_or_no(text: &str) -> Option<bool> {
    let says = |words: [&str; 6]| is_any(text, &words);
    if says(["true", "yes", "on", "t", "y", "1"]) {
        Some(true)
    } else if says(["false", "no", "off", "f", "n", "0"]) {
        Some(false)
    } else {
        None
    }
}

/// Tell whether a text is one of these words, in any case.
pub(crate) fn is_any(text: &str, words: &[&str]) -> bool {
    let text = text.trim();
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

const EXACT: f64 = 9_007_199_254_740_992.0; // from it on a float may be of a whole number that it does not hold

/// Return a value as a whole number: an `Int`, or a `UInt` where it is too large for one.
fn whole(value: &Value) -> Result<Value, Misfit> {
    let misfit = || Misfit::new("int");
    let number = match value {
        Value::Text(text) if is_any(text, &["true"]) => Value::Int(1),
        Value::Text(text) if is_any(text, &["false"]) => Value::Int(0),
        Value::Text(text) => number(text).ok_or_else(misfit)?,
        other => other.clone(),
    };
    match number {
        Value::Bool(value) => Ok(Value::Int(value.into())),
        Value::Int(_) | Value::UInt(_) => Ok(number),
        Value::Float(float) if float.is_finite() && float.fract() == 0.0 => {
            if let Value::Text(text) = value
                && has_fraction(text)
            {
                return Err(misfit().because("it is not a whole number"));
            }
            if matches!(value, Value::Text(_)) && float.abs() >= EXACT {
                return Err(
                    misfit().because("it is too large to be exact: write all of its digits")
                );
            }
            // `as` gives the nearest that the type holds: a larger float is told by not coming back
            let near = float as i128;
            if near as f64 == float && near != i128::MAX {
                Ok(Value::Int(near))
            } else if float > 0.0 && (float as u128) != u128::MAX {
                Ok(Value::UInt(float as u128))
            } else {
                Err(misfit().because("it is too large"))
            }
        }
        Value::Float(_) => Err(misfit().because("it is not a whole number")),
        _ => Err(misfit()),
    }
}

/// Tell whether the digits of a number in text have a fraction, one that a float cannot hold too.
fn has_fraction(text: &str) -> bool {
    let (digits, exponent) = text
        .trim()
        .split_once(['e', 'E'])
        .unwrap_or((text.trim(), "0"));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digit = |digit: &u8| digit.is_ascii_digit();
    let digits: Vec<u8> = whole
        .bytes()
        .chain(fraction.bytes())
        .filter(is_digit)
        .collect();
    let point = whole.bytes().filter(is_digit).count() as i64
        + exponent.replace('_', "").parse().unwrap_or(0);
    let from = usize::try_from(point).unwrap_or(0).min(digits.len());
    digits[from..].iter().any(|digit| *digit != b'0')
}

macro_rules! integers {
    ($($integer:ident as $remembered:expr;)*) => {
        $(impl FromValue for $integer {
            fn wanted() -> String {
                "int".to_owned()
            }

            fn from_value(value: &Value) -> Result<Self, Misfit> {
                let held = match whole(value)? {
                    Value::Int(number) => $integer::try_from(number).ok(),
                    Value::UInt(number) => $integer::try_from(number).ok(),
                    _ => None,
                };
                held.ok_or_else(|| {
                    let (least, most, name) = ($integer::MIN, $integer::MAX, stringify!($integer));
                    Misfit::new("int").because(format!("{name} holds {least} to {most}"))
                })
            }

            const REMEMBERED_AS: u8 = $remembered;

            fn to_bits(&self) -> u64 {
                *self as u64
            }

            fn from_bits(bits: u64) -> Self {
                bits as $integer
            }
        })*
    };
}

// The widest do not fit what a place in source code remembers.
integers! {
    i8 as 2; i16 as 3; i32 as 4; i64 as 5; isize as 6; i128 as 0;
    u8 as 7; u16 as 8; u32 as 9; u64 as 10; usize as 11; u128 as 0;
}

impl FromValue for f64 {
    fn wanted() -> String {
        "float".to_owned()
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        let parsed = if let Value::Text(text) = value {
            number(text)
        } else {
            None
        };
        match parsed.as_ref().unwrap_or(value) {
            Value::Float(float) => Ok(*float),
            Value::Int(int) => Ok(*int as f64),
            Value::UInt(uint) => Ok(*uint as f64),
            _ => Err(Misfit::new(Self::wanted())),
        }
    }

    const REMEMBERED_AS: u8 = 12;

    fn to_bits(&self) -> u64 {
        f64::to_bits(*self)
    }

    fn from_bits(bits: u64) -> Self {
        f64::from_bits(bits)
    }
}

impl FromValue for f32 {
    fn wanted() -> String {
        f64::wanted()
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        let wide = f64::from_value(value)?;
        let narrow = wide as f32;
        if narrow.is_infinite() && wide.is_finite() {
            return Err(Misfit::new(Self::wanted()).because("it is too large for f32"));
        }
        Ok(narrow)
    }

    const REMEMBERED_AS: u8 = 13;

    fn to_bits(&self) -> u64 {
        f32::to_bits(*self).into()
    }

    fn from_bits(bits: u64) -> Self {
        f32::from_bits(bits as u32)
    }
}

/// Return the number that a text writes: digits with an underscore between any two of them, as source
/// code of either language has it, and everything that a float is written as.
pub(crate) fn number(text: &str) -> Option<Value> {
    let text = text.trim();
    if !text.is_ascii() {
        return None;
    }
    let mut plain = Cow::Borrowed(text); // a number without an underscore is read without an allocation
    if text.contains('_') {
        let bytes = text.as_bytes();
        let between = |at: usize| {
            let around = [
                at.checked_sub(1).and_then(|before| bytes.get(before)),
                bytes.get(at + 1),
            ];
            around
                .iter()
                .all(|byte| byte.is_some_and(u8::is_ascii_digit))
        };
        if !text.match_indices('_').all(|(at, _)| between(at)) {
            return None;
        }
        plain = text.replace('_', "").into();
    }
    if let Ok(int) = plain.parse::<i128>() {
        return Some(Value::Int(int));
    }
    if let Ok(uint) = plain.parse::<u128>() {
        return Some(Value::UInt(uint));
    }
    let float = plain.parse::<f64>().ok()?;
    // digits that no float holds are not infinity
    (float.is_finite() || float.is_nan() || plain.contains(['i', 'I']))
        .then_some(Value::Float(float))
}

impl FromValue for String {
    fn wanted() -> String {
        "str".to_owned()
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        match value {
            Value::Text(text) => Ok(text.as_ref().to_owned()),
            other => other
                .number_text()
                .ok_or_else(|| Misfit::new(Self::wanted())),
        }
    }
}

macro_rules! like_text {
    ($($text:ty)*) => {
        $(impl FromValue for $text {
            fn wanted() -> String {
                String::wanted()
            }

            fn from_value(value: &Value) -> Result<Self, Misfit> {
                String::from_value(value).map(Into::into)
            }
        })*
    };
}

like_text! { Box<str> Arc<str> }

impl FromValue for char {
    fn wanted() -> String {
        "one character".to_owned()
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        let misfit = || Misfit::new(Self::wanted());
        let text = String::from_value(value).map_err(|_| misfit())?;
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(character), None) => Ok(character),
            _ => Err(misfit()),
        }
    }
}

impl FromValue for PathBuf {
    fn wanted() -> String {
        "Path".to_owned()
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        match value {
            Value::Text(text) => Ok(text.as_ref().into()),
            other => other
                .downcast_ref()
                .cloned()
                .ok_or_else(|| Misfit::new(Self::wanted())),
        }
    }
}

// --- None ---

impl<T: FromValue + Any> FromValue for Option<T> {
    fn wanted() -> String {
        format!("{} | None", T::wanted())
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        let none = match value {
            Value::None => true,
            Value::Text(text) => !is_text::<T>() && is_any(text, &["none", "null"]),
            _ => false,
        };
        if none {
            return Ok(None);
        }
        T::from_value(value).map(Some).map_err(|misfit| Misfit {
            wanted: Self::wanted(),
            ..misfit
        })
    }

    fn takes_beneath(default: Option<&Self>) -> bool {
        match default {
            None => T::takes_beneath(None),
            Some(None) => false,
            Some(Some(default)) => T::takes_beneath(Some(default)),
        }
    }
}

fn is_text<T: Any>() -> bool {
    use std::any::TypeId;
    let texts = [
        TypeId::of::<String>(),
        TypeId::of::<Box<str>>(),
        TypeId::of::<Arc<str>>(),
    ];
    texts.contains(&TypeId::of::<T>()) || TypeId::of::<T>() == TypeId::of::<Value>()
}
