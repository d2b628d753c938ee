//! The maps of the kernel: persistent ones, from rpds, for what is visible; and a scope's own overrides.

use std::hash::BuildHasherDefault;
use std::sync::Arc;

use rpds::{HashTrieMapSync, RedBlackTreeSetSync};

use crate::key::{Key, Prehashed, Probe};

/// A persistent map from keys: a changed copy shares with the old one all that the change does not touch.
pub type Map<E> = HashTrieMapSync<Key, E, BuildHasherDefault<Prehashed>>;

/// Keys in order: answers what lies beneath a key.
pub type Sorted = RedBlackTreeSetSync<Key>;

/// Return a map of nothing.
#[must_use]
pub fn empty<E>() -> Map<E> {
    Map::new_with_hasher_and_ptr_kind(BuildHasherDefault::default())
}

/// What a scope sets itself: keys and their entries, `None` for a key that it deletes.
///
/// Never changed once made, and cheap to copy. Most scopes set a handful of keys, which are
/// looked through faster than hashed, and made in one allocation.
#[derive(Clone)]
pub enum Own<E> {
    /// At most [`FEW`] of them.
    Few(Arc<[(Key, Option<E>)]>),
    /// Any number.
    Many(Map<Option<E>>),
}

/// How many overrides are kept as a list.
pub const FEW: usize = 8;

impl<E: Clone> Own<E> {
    /// Return no overrides.
    #[must_use]
    pub fn none() -> Self {
        Self::Few(Arc::new([]))
    }

    /// Return one override.
    pub fn one(key: Key, entry: Option<E>) -> Self {
        Self::Few(Arc::new([(key, entry)]))
    }

    /// Return these overrides with others made; of two for one key the later wins.
    #[must_use]
    pub fn with(&self, changes: impl IntoIterator<Item = (Key, Option<E>)>) -> Self {
        changes
            .into_iter()
            .fold(self.clone(), |own, (key, entry)| own.with_one(key, entry))
    }

    /// Return these overrides with another one made.
    #[must_use]
    pub fn with_one(self, key: Key, entry: Option<E>) -> Self {
        let few = match self {
            Self::Few(few) => few,
            Self::Many(mut many) => {
                many.insert_mut(key, entry);
                return Self::Many(many);
            }
        };
        if let Some(at) = few.iter().position(|(known, _)| *known == key) {
            let mut few = few;
            Arc::make_mut(&mut few)[at].1 = entry;
            Self::Few(few)
        } else if few.len() < FEW {
            Self::Few(few.iter().cloned().chain([(key, entry)]).collect())
        } else {
            let mut many = empty();
            for (key, entry) in few.iter().cloned().chain([(key, entry)]) {
                many.insert_mut(key, entry);
            }
            Self::Many(many)
        }
    }

    /// Return these overrides without that of a key.
    #[must_use]
    pub fn without(self, key: &Key) -> Self {
        match self {
            Self::Few(few) if few.iter().all(|(known, _)| known != key) => Self::Few(few),
            Self::Few(few) => Self::Few(
                few.iter()
                    .filter(|(known, _)| known != key)
                    .cloned()
                    .collect(),
            ),
            Self::Many(mut many) => {
                many.remove_mut(key);
                Self::Many(many)
            }
        }
    }

    /// Return the override of a key: `Some(&None)` where it is deleted.
    pub(crate) fn get(&self, key: &dyn Probe) -> Option<&Option<E>> {
        match self {
            Self::Few(few) => {
                let alike =
                    |known: &Key| known.hash() == key.hash() && known.as_str() == key.text();
                few.iter()
                    .find(|(known, _)| alike(known))
                    .map(|(_, entry)| entry)
            }
            Self::Many(many) => many.get(key),
        }
    }

    /// Return the number of overrides.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Few(few) => few.len(),
            Self::Many(many) => many.size(),
        }
    }

    /// Tell whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Return the overrides, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, &Option<E>)> {
        let (few, many) = match self {
            Self::Few(few) => (Some(few), None),
            Self::Many(many) => (None, Some(many)),
        };
        let few = few
            .into_iter()
            .flat_map(|few| few.iter().map(|(key, entry)| (key, entry)));
        few.chain(many.into_iter().flat_map(Map::iter))
    }
}
