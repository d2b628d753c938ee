//! The grammar of keys.
//!
//! A key is one or more segments that are joined by dots. A segment is any non-empty text without `.`, `=` and control
//! characters, and without white space at its start or end. Case matters, and nothing is normalised.
//!
//! The check is a `const fn`, so that the compiler runs it for a key in source code.

use crate::quote::quoted;

/// The largest number of segments.
///
/// The subtree of a key is a mapping that is as deep as the key has segments, and recursive functions work on it.
const MAX_SEGMENTS: usize = 256;

/// What is wrong with a text that is not a key.
#[derive(Clone, Copy)]
pub(super) struct Fault {
    /// The index of the segment at fault.
    segment: usize,
    kind: FaultKind,
}

#[derive(Clone, Copy)]
enum FaultKind {
    EmptyKey,
    EmptySegment,
    Equals,
    Control(char),
    OuterSpace,
    TooManySegments,
}

impl Fault {
    /// Return the message of the compile error for a key in source code.
    pub(super) const fn compiler_message(self) -> &'static str {
        match self.kind {
            FaultKind::EmptyKey => "not a valid key: it is empty",
            FaultKind::EmptySegment => "not a valid key: a segment is empty",
            FaultKind::Equals => "not a valid key: a segment contains '='",
            FaultKind::Control(_) => "not a valid key: a segment contains a control character",
            FaultKind::OuterSpace => "not a valid key: a segment starts or ends with white space",
            FaultKind::TooManySegments => "not a valid key: it has too many segments",
        }
    }

    /// Return the reason for an error at run time.
    pub(super) fn reason(self, text: &str) -> String {
        let number = self.segment + 1;
        let segment = quoted(text.split('.').nth(self.segment).unwrap_or_default());
        match self.kind {
            FaultKind::EmptyKey => "it is empty".to_owned(),
            FaultKind::EmptySegment => format!("segment {number} is empty"),
            FaultKind::Equals => format!("segment {segment} contains '='"),
            FaultKind::Control(character) => {
                let character = quoted(character.encode_utf8(&mut [0; 4]));
                format!("segment {segment} contains the control character {character}")
            }
            FaultKind::OuterSpace => format!("segment {segment} starts or ends with white space"),
            FaultKind::TooManySegments => format!("it has more than {MAX_SEGMENTS} segments"),
        }
    }
}

/// Return the first fault of a text, `None` if it is a valid key.
pub(super) const fn find_fault(text: &str) -> Option<Fault> {
    let bytes = text.as_bytes();
    if bytes.is_empty() {
        return Some(Fault {
            segment: 0,
            kind: FaultKind::EmptyKey,
        });
    }
    let (mut segment, mut start) = (0, 0);
    loop {
        let (end, mut fault) = check_segment(bytes, start);
        if fault.is_none() && segment == MAX_SEGMENTS {
            fault = Some(FaultKind::TooManySegments);
        }
        if let Some(kind) = fault {
            return Some(Fault { segment, kind });
        }
        if end == bytes.len() {
            return None;
        }
        start = end + 1;
        segment += 1;
    }
}

/// Check the segment that starts at an index. Return where it ends, and the first fault in the order of `FaultKind`.
///
/// It is inlined because every read by a key computed at run time checks the key.
#[inline(always)]
const fn check_segment(bytes: &[u8], start: usize) -> (usize, Option<FaultKind>) {
    let (mut has_equals, mut control, mut has_outer_space) = (false, None, false);
    let mut index = start;
    while index < bytes.len() && bytes[index] != b'.' {
        let (character, width) = decode(bytes, index);
        if character == '=' {
            has_equals = true;
        } else if matches!(character, '\0'..' ' | '\u{7f}'..='\u{9f}') && control.is_none() {
            control = Some(character);
        }
        let next = index + width;
        let is_outer = index == start || next == bytes.len() || bytes[next] == b'.';
        if is_outer && character.is_whitespace() {
            has_outer_space = true;
        }
        index = next;
    }
    let fault = if index == start {
        Some(FaultKind::EmptySegment)
    } else if has_equals {
        Some(FaultKind::Equals)
    } else if let Some(character) = control {
        Some(FaultKind::Control(character))
    } else if has_outer_space {
        Some(FaultKind::OuterSpace)
    } else {
        None
    };
    (index, fault)
}

/// Return the character that starts at an index, and its number of bytes. A `const fn` cannot call `str::chars`.
const fn decode(bytes: &[u8], index: usize) -> (char, usize) {
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
