//! Keys: the grammar, and the keys of maps with their hash.

mod escapes;
mod grammar;
mod probe;
mod segments;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

pub(crate) use probe::{HashedText, KeyHasher, Probe};
pub(crate) use segments::{
    canonical, is_below, join_name, name_of, parents, quote, segments, split_last, split_override,
};

/// A valid key in its one spelling, together with its hash. For a key in source code the compiler computes the hash.
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
    /// Return a key that is written in source code.
    ///
    /// # Panics
    /// If the text is not a valid key, or not in its one spelling. In a constant this is a compile error.
    #[must_use]
    pub const fn literal(text: &'static str) -> Self {
        if let Some(fault) = grammar::find_fault(text) {
            panic!("{}", fault.compiler_message());
        }
        assert!(
            segments::is_canonical(text),
            "not the one spelling of this key: only a segment that needs quotes has them"
        );
        Self {
            hash: hash(text),
            text: Text::Static(text),
        }
    }

    /// Return a text as a key, or the reason why it is not a valid key.
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let text = canonical(text)?;
        Ok(Self {
            hash: hash(&text),
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

/// Return the hash of a key: FNV-1a, followed by a step that mixes all bits, because a map uses only a few of them.
///
/// The hash does not depend on a random number, because the compiler computes it. Somebody who chooses keys with equal
/// hashes slows down only the reads of these keys.
const fn hash(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut index = 0;
    while index < bytes.len() {
        hash = (hash ^ bytes[index] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        index += 1;
    }
    hash = (hash ^ hash >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^ hash >> 33
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
