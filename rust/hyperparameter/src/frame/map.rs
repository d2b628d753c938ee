//! The persistent maps that frames are made of.

use std::hash::BuildHasherDefault;
use std::ops::Bound;

use rpds::{HashTrieMapSync, RedBlackTreeSetSync};

use crate::key::{HashedText, Key, KeyHasher, Probe};

/// A persistent map. A changed copy shares with the original every part that the change does not touch.
pub(crate) type Map<T> = HashTrieMapSync<Key, T, BuildHasherDefault<KeyHasher>>;

/// Keys in order, so that the keys of a subtree stand side by side.
pub(crate) type SortedKeys = RedBlackTreeSetSync<Key>;

/// Return an empty map.
pub(crate) fn empty<T>() -> Map<T> {
    Map::new_with_hasher_and_ptr_kind(BuildHasherDefault::default())
}

/// Return the keys below a key, in order. Below the empty text is every key.
pub(crate) fn subtree<'a>(
    keys: &'a SortedKeys,
    key: &str,
) -> impl Iterator<Item = &'a Key> + use<'a> {
    let prefix = if key.is_empty() {
        String::new()
    } else {
        format!("{key}.")
    };
    let start = HashedText::new(&prefix);
    let range: (Bound<&dyn Probe>, Bound<&dyn Probe>) = (Bound::Included(&start), Bound::Unbounded);
    // The range borrows `start`, which lives only until this function returns, so the keys are collected.
    let keys: Vec<&'a Key> = keys
        .range::<dyn Probe, _>(range)
        .take_while(|key| key.as_str().starts_with(&prefix))
        .collect();
    keys.into_iter()
}

/// Return whether there are keys below a key.
pub(crate) fn has_subtree(keys: &SortedKeys, key: &str) -> bool {
    let prefix = format!("{key}.");
    let start = HashedText::new(&prefix);
    let range: (Bound<&dyn Probe>, Bound<&dyn Probe>) = (Bound::Included(&start), Bound::Unbounded);
    let mut keys = keys.range::<dyn Probe, _>(range);
    keys.next()
        .is_some_and(|key| key.as_str().starts_with(&prefix))
}
