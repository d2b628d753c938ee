//! Looking up a key in a map by a borrowed text, without making a [`Key`] of it.
//!
//! A map finds its keys by any type that they can be borrowed as. That type is `dyn Probe` here. Both a key and a
//! borrowed text with its hash are probes.

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

/// A hasher that returns the hash which a key already has.
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
