//! Searching a map for a borrowed text, without making a [`Key`] of it.
//!
//! A map can be searched for any type that its keys can be borrowed as. Here this type is `dyn Probe`. A [`Key`] is a
//! probe, and so is a borrowed text with its hash.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use super::{Key, hash};

/// Something that a map can be searched for: the text of a key, and its hash.
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

/// A borrowed text and its hash.
pub(crate) struct HashedText<'a> {
    text: &'a str,
    hash: u64,
}

impl<'a> HashedText<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            hash: hash(text),
        }
    }
}

impl Probe for HashedText<'_> {
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

/// A hasher for keys. A key has computed its hash already, and this returns it.
#[derive(Clone, Default)]
pub(crate) struct KeyHasher(u64);

impl Hasher for KeyHasher {
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
