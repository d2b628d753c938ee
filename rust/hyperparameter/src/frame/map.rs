//! The persistent maps that frames are made of.

use std::hash::BuildHasherDefault;

use rpds::{HashTrieMapSync, RedBlackTreeSetSync};

use crate::key::{Key, KeyHasher};

/// A persistent map. A changed copy shares with the original every part that the change does not touch.
pub(crate) type Map<T> = HashTrieMapSync<Key, T, BuildHasherDefault<KeyHasher>>;

/// Keys in order, so that the keys of a subtree stand side by side.
pub(crate) type SortedKeys = RedBlackTreeSetSync<Key>;

/// Return an empty map.
pub(crate) fn empty<T>() -> Map<T> {
    Map::new_with_hasher_and_ptr_kind(BuildHasherDefault::default())
}
