//! Conversion into integers and floats.

use super::{FromValue, Misfit};
use crate::value::{Value, is_any_of, parse_number};

/// 2⁵³. A text for a whole number this large may name a number that no float equals, so its float may be rounded.
const FIRST_INEXACT: f64 = 9_007_199_254_740_992.0;

/// Convert a value to a whole number: a `Value::Int`, or a `Value::UInt` if it is too large for that.
fn to_whole_number(value: &Value) -> Result<Value, Misfit> {
    let misfit = || Misfit::new("int");
    let number = match value.as_text() {
        Some(text) if is_any_of(text, &["true"]) => Value::Int(1),
        Some(text) if is_any_of(text, &["false"]) => Value::Int(0),
        Some(text) => parse_number(text).ok_or_else(misfit)?,
        None => value.clone(),
    };
    match number {
        Value::Bool(value) => Ok(Value::Int(value.into())),
        Value::Int(_) | Value::UInt(_) => Ok(number),
        Value::Float(float) => whole_float(float, value).map_err(|detail| misfit().because(detail)),
        _ => Err(misfit()),
    }
}

/// Convert a float to a whole number. `source` is the value that it was parsed from, or the float itself.
fn whole_float(float: f64, source: &Value) -> Result<Value, &'static str> {
    if !float.is_finite() || float.fract() != 0.0 {
        return Err("it is not a whole number");
    }
    if let Some(text) = source.as_text() {
        if has_fraction(text) {
            return Err("it is not a whole number");
        }
        if float.abs() >= FIRST_INEXACT {
            return Err("it is too large to be exact: write all of its digits");
        }
    }
    // If a float is too large for the type, `as` returns the largest number of the type. Converting back shows that.
    let nearest = float as i128;
    if nearest as f64 == float && nearest != i128::MAX {
        Ok(Value::Int(nearest))
    } else if float > 0.0 && (float as u128) != u128::MAX {
        Ok(Value::UInt(float as u128))
    } else {
        Err("it is too large")
    }
}

/// Return whether a decimal number has a fraction, even one that is too small for a float to hold.
///
/// It has one if a digit after the decimal point is not 0. The exponent moves the point.
fn has_fraction(text: &str) -> bool {
    let (mantissa, exponent) = text
        .trim()
        .split_once(['e', 'E'])
        .unwrap_or((text.trim(), "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_digit = |digit: &u8| digit.is_ascii_digit();
    let digits: Vec<u8> = whole
        .bytes()
        .chain(fraction.bytes())
        .filter(is_digit)
        .collect();
    let exponent: i64 = exponent.replace('_', "").parse().unwrap_or(0);
    let whole_digits = whole.bytes().filter(is_digit).count() as i64;
    let point = whole_digits.saturating_add(exponent);
    let point = usize::try_from(point).unwrap_or(0).min(digits.len());
    digits[point..].iter().any(|digit| *digit != b'0')
}

macro_rules! integers {
    ($($integer:ident has tag $tag:expr;)*) => {
        $(impl FromValue for $integer {
            fn wanted() -> String {
                "int".to_owned()
            }

            fn from_value(value: &Value) -> Result<Self, Misfit> {
                let converted = match to_whole_number(value)? {
                    Value::Int(number) => $integer::try_from(number).ok(),
                    Value::UInt(number) => $integer::try_from(number).ok(),
                    _ => None,
                };
                converted.ok_or_else(|| {
                    let (least, most, name) = ($integer::MIN, $integer::MAX, stringify!($integer));
                    Misfit::new("int").because(format!("{name} holds {least} to {most}"))
                })
            }

            const READS_PARTS: bool = false;
            const CACHE_TAG: u8 = $tag;

            fn to_cache_bits(&self) -> u64 {
                *self as u64
            }

            fn from_cache_bits(bits: u64) -> Self {
                bits as $integer
            }
        })*
    };
}

// `i128` and `u128` do not fit into the 64 bits of a cache, so they are never cached.
integers! {
    i8 has tag 2; i16 has tag 3; i32 has tag 4; i64 has tag 5; isize has tag 6; i128 has tag 0;
    u8 has tag 7; u16 has tag 8; u32 has tag 9; u64 has tag 10; usize has tag 11; u128 has tag 0;
}

impl FromValue for f64 {
    fn wanted() -> String {
        "float".to_owned()
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        let parsed = value.as_text().and_then(parse_number);
        match parsed.as_ref().unwrap_or(value) {
            Value::Float(float) => Ok(*float),
            Value::Int(int) => Ok(*int as f64),
            Value::UInt(uint) => Ok(*uint as f64),
            _ => Err(Misfit::new(Self::wanted())),
        }
    }

    const READS_PARTS: bool = false;
    const CACHE_TAG: u8 = 12;

    fn to_cache_bits(&self) -> u64 {
        self.to_bits()
    }

    fn from_cache_bits(bits: u64) -> Self {
        Self::from_bits(bits)
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

    const READS_PARTS: bool = false;
    const CACHE_TAG: u8 = 13;

    fn to_cache_bits(&self) -> u64 {
        self.to_bits().into()
    }

    fn from_cache_bits(bits: u64) -> Self {
        Self::from_bits(bits as u32)
    }
}
