//! The grammar of keys.
//!
//! A key is one or more segments that are joined by dots. A plain segment is any non-empty text without `.`, `=`, `"`
//! and control characters, and without white space at its start or end. Any other text is a segment in double quotes,
//! with the escapes of TOML. Case matters, and nothing is normalised.
//!
//! A *segment* is a part of a key as it is written there. The *name* of a segment is the text that it stands for.
//! [`segments`](super::segments) has the functions that take keys apart.
//!
//! The check is a `const fn`, so that the compiler runs it for a key in source code.

use super::escapes::read_escape;
use super::segments::quote;
use crate::quote::quoted;

/// The largest number of segments.
///
/// The subtree of a key is a mapping that is as deep as the key has segments, and recursive functions work on it.
const MAX_SEGMENTS: usize = 256;

/// What is wrong with a text that is not a key.
#[derive(Clone, Copy)]
pub(super) struct Fault {
    /// The number of the segment at fault. The first segment has the number 1.
    number: usize,
    /// Where the part at fault starts and ends: a segment, an escape, or a quote that is not closed.
    start: usize,
    end: usize,
    kind: FaultKind,
}

#[derive(Clone, Copy)]
enum FaultKind {
    EmptyKey,
    EmptySegment,
    Equals,
    Quote,
    Control(char),
    OuterSpace,
    OpenQuote,
    Escape,
    NoDot,
    TooManySegments,
}

impl Fault {
    /// Return the message of the compile error for a key in source code.
    pub(super) const fn compiler_message(self) -> &'static str {
        match self.kind {
            FaultKind::EmptyKey => "not a valid key: it is empty",
            FaultKind::EmptySegment => "not a valid key: a segment is empty",
            FaultKind::Equals => {
                "not a valid key: a segment contains '='; write the segment in quotes"
            }
            FaultKind::Quote => "not a valid key: a segment contains '\"'",
            FaultKind::Control(_) => "not a valid key: a segment contains a control character",
            FaultKind::OuterSpace => "not a valid key: a segment starts or ends with white space",
            FaultKind::OpenQuote => "not a valid key: a quote is not closed",
            FaultKind::Escape => "not a valid key: a segment contains an escape that TOML lacks",
            FaultKind::NoDot => "not a valid key: expected '.' after the quotes of a segment",
            FaultKind::TooManySegments => "not a valid key: it has too many segments",
        }
    }

    /// Return the reason for an error at run time.
    pub(super) fn reason(self, text: &str) -> String {
        let number = self.number;
        let part = &text[self.start..self.end];
        let (segment, next) = (quoted(part), &text[self.end..]);
        match self.kind {
            FaultKind::EmptyKey => "it is empty".to_owned(),
            FaultKind::EmptySegment => format!("segment {number} is empty"),
            FaultKind::Equals => {
                format!(
                    "segment {segment} contains '='; write it in quotes: {}",
                    quote(part)
                )
            }
            FaultKind::Quote => format!("segment {segment} contains '\"'"),
            FaultKind::Control(character) => {
                let character = quoted(character.encode_utf8(&mut [0; 4]));
                format!("segment {segment} contains the control character {character}")
            }
            FaultKind::OuterSpace => format!("segment {segment} starts or ends with white space"),
            FaultKind::OpenQuote => {
                let position = text[..self.start].chars().count() + 1;
                format!("the quote at character {position} is not closed")
            }
            FaultKind::Escape => format!("{segment} is not an escape of TOML"),
            FaultKind::NoDot => {
                let next: String = next.chars().take(1).collect();
                format!("expected '.' after segment {number}, got {}", quoted(&next))
            }
            FaultKind::TooManySegments => format!("it has more than {MAX_SEGMENTS} segments"),
        }
    }
}

/// Return the first fault of a text, `None` if it is a valid key.
pub(super) const fn find_fault(text: &str) -> Option<Fault> {
    let bytes = text.as_bytes();
    let mut fault = Fault {
        number: 1,
        start: 0,
        end: 0,
        kind: FaultKind::EmptyKey,
    };
    if bytes.is_empty() {
        return Some(fault);
    }
    loop {
        let start = fault.end;
        let checked = if start < bytes.len() && bytes[start] == b'"' {
            check_quoted(bytes, start)
        } else {
            check_plain(bytes, start)
        };
        if let Some(kind) = checked.kind {
            return Some(Fault {
                kind,
                start: checked.start,
                end: checked.end,
                ..fault
            });
        }
        if fault.number > MAX_SEGMENTS {
            fault.kind = FaultKind::TooManySegments;
            return Some(fault);
        }
        if checked.end == bytes.len() {
            return None;
        }
        // Skip the dot.
        fault.end = checked.end + 1;
        fault.number += 1;
    }
}

/// A part of a key that was checked.
struct Checked {
    start: usize,
    end: usize,
    kind: Option<FaultKind>,
}

/// Check the plain segment that starts at an index. Return the first fault in the order of `FaultKind`.
///
/// It is inlined because every read by a key computed at run time checks the key.
#[inline(always)]
const fn check_plain(bytes: &[u8], start: usize) -> Checked {
    let (mut has_equals, mut has_quote, mut control, mut has_outer_space) =
        (false, false, None, false);
    let mut index = start;
    while index < bytes.len() && bytes[index] != b'.' {
        let (character, width) = decode(bytes, index);
        if character == '=' {
            has_equals = true;
        } else if character == '"' {
            has_quote = true;
        } else if is_control(character) && control.is_none() {
            control = Some(character);
        }
        let next = index + width;
        let is_outer = index == start || next == bytes.len() || bytes[next] == b'.';
        if is_outer && character.is_whitespace() {
            has_outer_space = true;
        }
        index = next;
    }
    let kind = if index == start {
        Some(FaultKind::EmptySegment)
    } else if has_equals {
        Some(FaultKind::Equals)
    } else if has_quote {
        Some(FaultKind::Quote)
    } else if let Some(character) = control {
        Some(FaultKind::Control(character))
    } else if has_outer_space {
        Some(FaultKind::OuterSpace)
    } else {
        None
    };
    Checked {
        start,
        end: index,
        kind,
    }
}

/// Check the segment in quotes that starts at an index.
const fn check_quoted(bytes: &[u8], start: usize) -> Checked {
    let mut index = start + 1;
    while index < bytes.len() && bytes[index] != b'"' {
        if bytes[index] != b'\\' {
            index += 1;
            continue;
        }
        let (character, end) = read_escape(bytes, index);
        if character.is_none() {
            return Checked {
                start: index,
                end,
                kind: Some(FaultKind::Escape),
            };
        }
        index = end;
    }
    if index == bytes.len() {
        return Checked {
            start,
            end: index,
            kind: Some(FaultKind::OpenQuote),
        };
    }
    let end = index + 1;
    let ends_segment = end == bytes.len() || bytes[end] == b'.';
    Checked {
        start,
        end,
        kind: if ends_segment {
            None
        } else {
            Some(FaultKind::NoDot)
        },
    }
}

pub(super) const fn is_control(character: char) -> bool {
    matches!(character, '\0'..' ' | '\u{7f}'..='\u{9f}')
}

/// Return the character that starts at an index, and its number of bytes. A `const fn` cannot call `str::chars`.
pub(super) const fn decode(bytes: &[u8], index: usize) -> (char, usize) {
    let first = bytes[index] as u32;
    let (width, mut code) = match first {
        0..0x80 => (1, first),
        0x80..0xe0 => (2, first & 0x1f),
        0xe0..0xf0 => (3, first & 0x0f),
        _ => (4, first & 0x07),
    };
    let mut offset = 1;
    while offset < width {
        code = code << 6 | (bytes[index + offset] & 0x3f) as u32;
        offset += 1;
    }
    match char::from_u32(code) {
        Some(character) => (character, width),
        None => panic!("a str is valid UTF-8"),
    }
}
