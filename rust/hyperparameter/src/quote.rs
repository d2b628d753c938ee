//! Quoting texts for messages.

use std::fmt::Write as _;

/// Return a text in quotes, on one line. Control characters are escaped.
pub(crate) fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') {
        '"'
    } else {
        '\''
    };
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push(quote);
    for character in text.chars() {
        match character {
            '\\' => quoted.push_str(r"\\"),
            '\n' => quoted.push_str(r"\n"),
            '\r' => quoted.push_str(r"\r"),
            '\t' => quoted.push_str(r"\t"),
            _ if character == quote => quoted.extend(['\\', quote]),
            '\0'..=' ' | '\x7f'..='\u{ff}' if character.is_control() => {
                let _ = write!(quoted, r"\x{:02x}", character as u32);
            }
            _ => quoted.push(character),
        }
    }
    quoted.push(quote);
    quoted
}
