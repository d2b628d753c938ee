//! Parsing text: bools, numbers, JSON, and the words for `None`.

use std::borrow::Cow;

use super::Value;

/// Parse a text as a number.
///
/// Underscores are allowed between two digits, as in source code. Floats are accepted in every notation that
/// Rust's `parse` accepts.
pub(crate) fn parse_number(text: &str) -> Option<Value> {
    let text = text.trim();
    if !text.is_ascii() {
        return None;
    }
    // A number without an underscore is parsed without an allocation.
    let mut digits = Cow::Borrowed(text);
    if text.contains('_') {
        if !has_valid_underscores(text) {
            return None;
        }
        digits = text.replace('_', "").into();
    }
    if let Ok(int) = digits.parse::<i128>() {
        return Some(Value::Int(int));
    }
    if let Ok(uint) = digits.parse::<u128>() {
        return Some(Value::UInt(uint));
    }
    let float = digits.parse::<f64>().ok()?;
    // `parse` returns infinity not only for the words `inf` and `infinity`, but also for digits that are too large
    // for a float. These are not a number.
    let is_too_large = float.is_infinite() && !digits.contains(['i', 'I']);
    (!is_too_large).then_some(Value::Float(float))
}

/// Parse a text as a bool. Return `None` for a text that is neither a yes nor a no.
pub(crate) fn parse_bool(text: &str) -> Option<bool> {
    if is_any_of(text, &["true", "yes", "on", "t", "y", "1"]) {
        Some(true)
    } else if is_any_of(text, &["false", "no", "off", "f", "n", "0"]) {
        Some(false)
    } else {
        None
    }
}

/// Parse a text as JSON.
pub(crate) fn parse_json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("the text is not valid JSON: {error}"))
}

/// Return whether each underscore stands between two digits.
fn has_valid_underscores(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
    text.match_indices('_')
        .all(|(index, _)| index > 0 && is_digit(index - 1) && is_digit(index + 1))
}

/// Return whether a text is one of these words, in any case.
pub(crate) fn is_any_of(text: &str, words: &[&str]) -> bool {
    let text = text.trim();
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Return whether a text is `none` or `null`, in any case.
pub(crate) fn says_none(text: &str) -> bool {
    is_any_of(text, &["none", "null"])
}
