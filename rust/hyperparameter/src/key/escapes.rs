//! The escapes in a segment that is in quotes: those of TOML.

use super::grammar::{decode, is_control};

/// Read the escape that starts at an index. Return its character, `None` if TOML has no such escape, and its end.
pub(super) const fn read_escape(bytes: &[u8], start: usize) -> (Option<char>, usize) {
    if start + 1 == bytes.len() {
        return (None, start + 1);
    }
    let (letter, width) = decode(bytes, start + 1);
    let end = start + 1 + width;
    let character = match letter {
        'b' => '\u{8}',
        't' => '\t',
        'n' => '\n',
        'f' => '\u{c}',
        'r' => '\r',
        '"' | '\\' => letter,
        'u' => return read_hex(bytes, end, 4),
        'U' => return read_hex(bytes, end, 8),
        _ => return (None, end),
    };
    (Some(character), end)
}

/// Read the number of a character in hexadecimal digits.
const fn read_hex(bytes: &[u8], start: usize, digits: usize) -> (Option<char>, usize) {
    let (mut index, mut count, mut code, mut is_valid) = (start, 0, 0_u32, true);
    while count < digits && index < bytes.len() {
        let (character, width) = decode(bytes, index);
        match character.to_digit(16) {
            Some(digit) => code = code << 4 | digit,
            None => is_valid = false,
        }
        index += width;
        count += 1;
    }
    let character = if is_valid && count == digits {
        char::from_u32(code)
    } else {
        None
    };
    (character, index)
}

/// Return the letter of the short escape of a character, `None` if it has none.
const fn short_escape(character: char) -> Option<char> {
    Some(match character {
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{c}' => 'f',
        '\r' => 'r',
        '"' | '\\' => character,
        _ => return None,
    })
}

/// Add a character to the text of a segment in quotes, as the one spelling of a key has it.
pub(super) fn push_escaped(segment: &mut String, character: char) {
    match short_escape(character) {
        Some(letter) => segment.extend(['\\', letter]),
        None if is_control(character) => segment.push_str(&format!("\\u{:04x}", character as u32)),
        None => segment.push(character),
    }
}

/// Return whether the character at an index, or the escape there, is spelled as [`push_escaped`] does, and its end.
pub(super) const fn is_canonical_at(bytes: &[u8], start: usize) -> (bool, usize) {
    let (character, width) = decode(bytes, start);
    if character != '\\' {
        return (!is_control(character), start + width);
    }
    let (escaped, end) = read_escape(bytes, start);
    let is_canonical = match escaped {
        None => false,
        Some(character) if short_escape(character).is_some() => end == start + 2,
        Some(character) => {
            is_control(character) && end == start + 6 && has_lower_case(bytes, start, end)
        }
    };
    (is_canonical, end)
}

const fn has_lower_case(bytes: &[u8], start: usize, end: usize) -> bool {
    let mut index = start;
    while index < end {
        if bytes[index].is_ascii_uppercase() {
            return false;
        }
        index += 1;
    }
    true
}
