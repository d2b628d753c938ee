//! Functions that take keys apart and put them together. Nothing else splits or joins keys.

use std::borrow::Cow;

use super::escapes::{is_canonical_at, push_escaped, read_escape};
use super::grammar::{find_fault, is_control};

/// Return a name as a segment: in quotes, unless it is a plain segment.
pub(crate) fn quote(name: &str) -> Cow<'_, str> {
    let is_plain = !name.is_empty()
        && !name
            .contains(|character| matches!(character, '.' | '=' | '"') || is_control(character))
        && name.trim().len() == name.len();
    if is_plain {
        return name.into();
    }
    let mut segment = String::with_capacity(name.len() + 2);
    segment.push('"');
    name.chars()
        .for_each(|character| push_escaped(&mut segment, character));
    segment.push('"');
    segment.into()
}

/// Return the name of a segment: its text without quotes and escapes.
pub(crate) fn name_of(segment: &str) -> Cow<'_, str> {
    let Some(text) = segment
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
    else {
        return segment.into();
    };
    if !text.contains('\\') {
        return text.into();
    }
    let (mut name, mut position) = (String::with_capacity(text.len()), 0);
    while let Some(offset) = text[position..].find('\\') {
        name.push_str(&text[position..position + offset]);
        let (character, end) = read_escape(text.as_bytes(), position + offset);
        name.extend(character);
        position = end;
    }
    (name + &text[position..]).into()
}

/// Return whether a key is below another one.
#[inline]
pub(crate) fn is_below(key: &str, parent: &str) -> bool {
    // A dot within quotes cannot end a parent, because a valid parent has both of its quotes.
    key.len() > parent.len()
        && key.as_bytes()[parent.len()] == b'.'
        && key.as_bytes().starts_with(parent.as_bytes())
}

/// Return the first segment of a valid key, and the rest after the dot, `None` if there is no more.
fn split_first(key: &str) -> (&str, Option<&str>) {
    let end = if key.starts_with('"') {
        end_of_quotes(key)
    } else {
        key.find('.').unwrap_or(key.len())
    };
    (&key[..end], key.get(end + 1..))
}

/// Return where the quotes end that a text starts with. It is the end of the text if they are not closed.
fn end_of_quotes(text: &str) -> usize {
    let mut is_escaped = false;
    for (index, character) in text.char_indices().skip(1) {
        if character == '"' && !is_escaped {
            return index + 1;
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    text.len()
}

/// Return the segments of a valid key.
pub(crate) fn segments(key: &str) -> impl Iterator<Item = &str> {
    let mut rest = (!key.is_empty()).then_some(key);
    std::iter::from_fn(move || {
        let (segment, next) = split_first(rest?);
        rest = next;
        Some(segment)
    })
}

/// Return the prefix and the last segment of a valid key. The prefix of a single segment is empty.
pub(crate) fn split_last(key: &str) -> (&str, &str) {
    let dot = match key.strip_suffix('"') {
        // A quote inside of quotes has a backslash before it. So the last `."` before the closing quote opens the segment.
        Some(before) => before.rfind(".\""),
        None => key.rfind('.'),
    };
    dot.map_or(("", key), |dot| (&key[..dot], &key[dot + 1..]))
}

/// Return the keys above a valid key, the nearest first.
pub(crate) fn parents(key: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(key), |key| Some(split_last(key).0))
        .skip(1)
        .take_while(|parent| !parent.is_empty())
}

/// Return the key of a name below a prefix: the name is one segment, whatever characters it has.
pub(crate) fn join_name(prefix: &str, name: &str) -> String {
    format!("{prefix}.{}", quote(name))
}

/// Return a text as a key in its one spelling, or the reason why it is not a valid key.
pub(crate) fn canonical(text: &str) -> Result<Cow<'_, str>, String> {
    match find_fault(text) {
        Some(fault) => Err(fault.reason(text)),
        None if !text.contains('"') || is_canonical(text) => Ok(text.into()),
        None => {
            let segments: Vec<_> = segments(text)
                .map(|segment| quote(&name_of(segment)).into_owned())
                .collect();
            Ok(segments.join(".").into())
        }
    }
}

/// Return the key and the value of a `key=value` text, split at the first `=` outside of quotes.
///
/// If its quotes are not closed, the whole text is the key. It is not a valid one.
pub(crate) fn split_override(text: &str) -> Option<(&str, &str)> {
    let (mut position, mut is_start, mut is_quoted) = (0, true, false);
    loop {
        let rest = &text[position..];
        let Some(character) = rest.chars().next() else {
            return (is_quoted && find_fault(text).is_some()).then_some((text, ""));
        };
        if character == '=' {
            return Some((&text[..position], &rest[1..]));
        }
        is_quoted = is_start && character == '"';
        is_start = character == '.';
        position += if is_quoted {
            end_of_quotes(rest)
        } else {
            character.len_utf8()
        };
    }
}

/// Return whether a valid key is in its one spelling: only the names that need quotes have them.
pub(super) const fn is_canonical(key: &str) -> bool {
    let bytes = key.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        if bytes[index] == b'"' {
            let (is_canonical, end) = is_canonical_segment(bytes, index);
            if !is_canonical {
                return false;
            }
            index = end;
        }
        while index < bytes.len() && bytes[index] != b'.' {
            index += 1;
        }
        // Skip the dot.
        index += 1;
    }
    true
}

/// Return whether the segment in quotes that starts at an index needs them and is spelled as [`quote`] does, and its end.
const fn is_canonical_segment(bytes: &[u8], start: usize) -> (bool, usize) {
    let mut index = start + 1;
    let (mut needs_quotes, mut is_canonical) = (bytes[index] == b'"', true);
    while bytes[index] != b'"' {
        let (is_canonical_here, end) = is_canonical_at(bytes, index);
        is_canonical &= is_canonical_here;
        let (character, _) = super::grammar::decode(bytes, index);
        let is_outer = index == start + 1 || bytes[end] == b'"';
        // Of the escapes only that of the backslash itself needs no quotes.
        let is_needed = if character == '\\' {
            bytes[index + 1] != b'\\'
        } else {
            matches!(character, '.' | '=') || is_outer && character.is_whitespace()
        };
        needs_quotes |= is_needed;
        index = end;
    }
    (needs_quotes && is_canonical, index + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names() -> impl Strategy<Value = Vec<String>> {
        proptest::collection::vec("[ab.=\"\\\\\n\u{1} é+]{0,4}", 1..5)
    }

    proptest! {
        /// A key of any names has one spelling, which every function can take apart.
        #[test]
        fn a_key_of_any_names_has_one_spelling(names in names(), value in "[ab=.\"]*") {
            let key = names.iter().map(|name| quote(name)).collect::<Vec<_>>().join(".");
            prop_assert!(is_canonical(&key));
            prop_assert_eq!(canonical(&key), Ok(key.as_str().into()));
            let split: Vec<_> = segments(&key).map(|segment| name_of(segment).into_owned()).collect();
            prop_assert_eq!(&split, &names);
            let text = format!("{key}={value}");
            prop_assert_eq!(split_override(&text), Some((key.as_str(), value.as_str())));
            let (prefix, last) = split_last(&key);
            prop_assert_eq!(name_of(last), names[names.len() - 1].as_str());
            if names.len() > 1 {
                prop_assert_eq!(join_name(prefix, &names[names.len() - 1]), key);
            }
        }

        /// The check of the compiler accepts no other spelling than the one that a key gets at run time.
        #[test]
        fn a_spelling_is_accepted_in_source_code_if_it_is_the_one(text in "([ab]|\"([ab.=]|\\\\[bt\"\\\\]|\\\\u00[01]F|\\\\u001f)*\"|\\.){1,4}") {
            if let Ok(key) = canonical(&text) {
                prop_assert_eq!(is_canonical(&text), key == text.as_str());
                prop_assert!(is_canonical(&key));
            }
        }
    }
}
