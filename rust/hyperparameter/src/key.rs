//! The grammar of keys.
//!
//! A key is segments joined by dots. A segment is any non-empty text without `.`, `=` and control
//! characters, and without white space at its ends. Case counts, and nothing is normalised.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A good key, with its hash: worked out by the compiler for a key in source code.
#[derive(Clone)]
pub struct Key {
    hash: u64,
    text: Text,
}

#[derive(Clone)]
enum Text {
    Static(&'static str),
    Shared(Arc<str>),
}

impl Key {
    /// Return a key that stands in source code.
    ///
    /// # Panics
    /// Where it is no key; at compile time in a constant.
    #[must_use]
    pub const fn literal(text: &'static str) -> Self {
        match fault(text) {
            None => {}
            Some(Fault {
                kind: FaultKind::Empty,
                ..
            }) => panic!("not a key: it is empty"),
            Some(Fault {
                kind: FaultKind::EmptySegment,
                ..
            }) => panic!("not a key: a segment is empty"),
            Some(Fault {
                kind: FaultKind::Equals,
                ..
            }) => panic!("not a key: a segment contains '='"),
            Some(Fault {
                kind: FaultKind::Control(_),
                ..
            }) => {
                panic!("not a key: a segment contains a control character")
            }
            Some(Fault {
                kind: FaultKind::Space,
                ..
            }) => {
                panic!("not a key: a segment starts or ends with white space")
            }
            Some(Fault {
                kind: FaultKind::Deep,
                ..
            }) => panic!("not a key: it has too many segments"),
        }
        Self {
            hash: hash(text),
            text: Text::Static(text),
        }
    }

    /// Return a text as a key, or what is wrong with it.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        check(text)?;
        Ok(Self {
            hash: hash(text),
            text: Text::Shared(text.into()),
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        match &self.text {
            Text::Static(text) => text,
            Text::Shared(text) => text,
        }
    }
}

/// Return what is wrong with a text as a key.
pub(crate) fn check(text: &str) -> Result<(), String> {
    let Some(Fault { segment, kind }) = fault(text) else {
        return Ok(());
    };
    let shown = text.split('.').nth(segment).unwrap_or_default();
    let shown = crate::value::quoted(shown);
    Err(match kind {
        FaultKind::Empty => "it is empty".to_owned(),
        FaultKind::EmptySegment => format!("segment {} is empty", segment + 1),
        FaultKind::Equals => format!("segment {shown} contains '='"),
        FaultKind::Control(found) => {
            let found = crate::value::quoted(found.encode_utf8(&mut [0; 4]));
            format!("segment {shown} contains the control character {found}")
        }
        FaultKind::Space => format!("segment {shown} starts or ends with white space"),
        FaultKind::Deep => format!("it has more than {MOST_SEGMENTS} segments"),
    })
}

/// A mapping of what lies beneath a key is as deep as the key is long, and what is done with it
/// takes a part of the stack for each level.
const MOST_SEGMENTS: usize = 256;

struct Fault {
    segment: usize,
    kind: FaultKind,
}

#[derive(Clone, Copy)]
enum FaultKind {
    Empty,
    EmptySegment,
    Equals,
    Control(char),
    Space,
    Deep,
}

/// Find the first segment that is none, and the first of its faults.
const fn fault(text: &str) -> Option<Fault> {
    let bytes = text.as_bytes();
    if bytes.is_empty() {
        return Some(Fault {
            segment: 0,
            kind: FaultKind::Empty,
        });
    }
    let (mut segment, mut at) = (0, 0);
    loop {
        let start = at;
        let (mut equals, mut control, mut space) = (false, None, false);
        while at < bytes.len() && bytes[at] != b'.' {
            let (character, width) = decode(bytes, at);
            if character == '=' {
                equals = true;
            } else if matches!(character, '\0'..' ' | '\u{7f}'..='\u{9f}') && control.is_none() {
                control = Some(character);
            }
            let at_an_end = at == start || at + width == bytes.len() || bytes[at + width] == b'.';
            if at_an_end && character.is_whitespace() {
                space = true;
            }
            at += width;
        }
        let kind = if at == start {
            FaultKind::EmptySegment
        } else if equals {
            FaultKind::Equals
        } else if let Some(character) = control {
            FaultKind::Control(character)
        } else if space {
            FaultKind::Space
        } else if segment == MOST_SEGMENTS {
            FaultKind::Deep
        } else if at == bytes.len() {
            return None;
        } else {
            at += 1;
            segment += 1;
            continue;
        };
        return Some(Fault { segment, kind });
    }
}

/// Return the character at a place in UTF-8, and its width. (`str::chars` is not to be had in constants.)
const fn decode(bytes: &[u8], at: usize) -> (char, usize) {
    let first = bytes[at] as u32;
    let (width, mut code) = match first {
        0..0x80 => (1, first),
        0x80..0xe0 => (2, first & 0x1f),
        0xe0..0xf0 => (3, first & 0x0f),
        _ => (4, first & 0x07),
    };
    let mut more = 1;
    while more < width {
        code = code << 6 | (bytes[at + more] & 0x3f) as u32;
        more += 1;
    }
    match char::from_u32(code) {
        Some(character) => (character, width),
        None => panic!("a str is UTF-8"),
    }
}

/// FNV-1a, its bits then mixed, since the map takes a few of them at a time. Not keyed: what a
/// compiler works out cannot be. Whoever crafts keys that collide slows down the reads of his own.
const fn hash(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        at += 1;
    }
    hash = (hash ^ hash >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ hash >> 33
}

/// What a map is asked with: a key, or a text that need not be copied for it.
pub(crate) trait Probe {
    fn text(&self) -> &str;
    fn hash(&self) -> u64;
}

impl Probe for Key {
    fn text(&self) -> &str {
        self.as_str()
    }

    fn hash(&self) -> u64 {
        self.hash
    }
}

/// A text and its hash.
pub(crate) struct Borrowed<'a> {
    text: &'a str,
    hash: u64,
}

impl<'a> Borrowed<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            hash: hash(text),
        }
    }
}

impl Probe for Borrowed<'_> {
    fn text(&self) -> &str {
        self.text
    }

    fn hash(&self) -> u64 {
        self.hash
    }
}

impl<'a> Borrow<dyn Probe + 'a> for Key {
    fn borrow(&self) -> &(dyn Probe + 'a) {
        self
    }
}

impl PartialEq for dyn Probe + '_ {
    fn eq(&self, other: &Self) -> bool {
        self.hash() == other.hash() && self.text() == other.text()
    }
}

impl Eq for dyn Probe + '_ {}

impl Hash for dyn Probe + '_ {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(Probe::hash(self));
    }
}

impl PartialOrd for dyn Probe + '_ {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for dyn Probe + '_ {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text().cmp(other.text())
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.as_str() == other.as_str()
    }
}

impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

/// Pass on the hash that a key brings with it.
#[derive(Clone, Default)]
pub(crate) struct Prehashed(u64);

impl Hasher for Prehashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("a key hashes as one u64");
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
