//! Convert text to a number or a bool, for the spellings that are most common. conversion/builtin_types.py has the rule,
//! and answers for all others.

use std::{slice, str};

use pyo3::ffi::*;

use crate::object::{NULL, owned};

/// The most digits that surely fit into an `i64`.
const MAX_DIGITS: usize = 18;

/// Return what a text means for a default of a type, owned. Return null without an error set if the Python side has to
/// decide that.
pub(crate) unsafe fn convert_text(text: *mut PyObject, class: *mut PyTypeObject) -> *mut PyObject {
    let is_known = class == &raw mut PyFloat_Type
        || class == &raw mut PyLong_Type
        || class == &raw mut PyBool_Type;
    if !is_known {
        return NULL;
    }
    let mut length = 0;
    let bytes = PyUnicode_AsUTF8AndSize(text, &mut length);
    if bytes.is_null() {
        PyErr_Clear();
        return NULL;
    }
    let text = str::from_utf8_unchecked(slice::from_raw_parts(bytes.cast(), length as usize));
    if class == &raw mut PyFloat_Type {
        parse_float(text).map_or(NULL, |number| PyFloat_FromDouble(number))
    } else if class == &raw mut PyLong_Type {
        parse_int(text).map_or(NULL, |number| PyLong_FromLongLong(number))
    } else {
        match text {
            "true" | "yes" | "on" | "1" => owned(Py_True()),
            "false" | "no" | "off" | "0" => owned(Py_False()),
            _ => NULL,
        }
    }
}

/// Parse decimal digits with a point and an exponent. A number that is too large for a float is left to the Python side.
fn parse_float(text: &str) -> Option<f64> {
    let is_plain = |byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-');
    if !text.bytes().all(is_plain) {
        return None;
    }
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

fn parse_int(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_short = digits.len() <= MAX_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_short { text.parse().ok() } else { None }
}
