//! Overrides: the keys that one scope sets itself.

use std::sync::Arc;

use super::map::{self, Map};
use crate::entry::Entry;
use crate::key::{Key, Probe};

/// What a scope does to one key: set an entry, or delete the key (`None`).
pub(crate) type Override = Option<Entry>;

/// The largest number of overrides that is stored as a list.
const MAX_LISTED: usize = 8;

/// The overrides of one scope. Immutable, and cheap to clone.
///
/// Most scopes set only a few keys. A short list is searched faster than a map, and is built with one
/// allocation.
#[derive(Clone)]
pub(crate) enum Overrides {
    /// At most [`MAX_LISTED`] overrides.
    List(Arc<[(Key, Override)]>),
    /// Any number of overrides.
    Map(Map<Override>),
}

impl Overrides {
    /// Return no overrides.
    pub(crate) fn none() -> Self {
        Self::List(Arc::new([]))
    }

    /// Return overrides for a single key.
    pub(crate) fn single(key: Key, change: Override) -> Self {
        Self::List(Arc::new([(key, change)]))
    }

    /// Return these overrides with more added. If a key appears twice, the later one wins.
    pub(crate) fn with_all(&self, changes: impl IntoIterator<Item = (Key, Override)>) -> Self {
        changes
            .into_iter()
            .fold(self.clone(), |overrides, (key, change)| {
                overrides.with(key, change)
            })
    }

    /// Return these overrides with the override of one key added or replaced.
    pub(crate) fn with(self, key: Key, change: Override) -> Self {
        match self {
            Self::List(list) => Self::list_with(list, key, change),
            Self::Map(mut map) => {
                map.insert_mut(key, change);
                Self::Map(map)
            }
        }
    }

    fn list_with(mut list: Arc<[(Key, Override)]>, key: Key, change: Override) -> Self {
        if let Some(index) = list.iter().position(|(listed, _)| *listed == key) {
            Arc::make_mut(&mut list)[index].1 = change;
            return Self::List(list);
        }
        let is_short = list.len() < MAX_LISTED;
        let longer = list.iter().cloned().chain([(key, change)]);
        if is_short {
            return Self::List(longer.collect());
        }
        let mut map = map::empty();
        for (key, change) in longer {
            map.insert_mut(key, change);
        }
        Self::Map(map)
    }

    /// Return these overrides without the override of a key.
    pub(crate) fn without(self, key: &Key) -> Self {
        match self {
            Self::List(list) if list.iter().all(|(listed, _)| listed != key) => Self::List(list),
            Self::List(list) => Self::List(
                list.iter()
                    .filter(|(listed, _)| listed != key)
                    .cloned()
                    .collect(),
            ),
            Self::Map(mut map) => {
                map.remove_mut(key);
                Self::Map(map)
            }
        }
    }

    /// Return the override of a key: `Some(&None)` if the scope deletes it.
    #[inline]
    pub(crate) fn get(&self, key: &dyn Probe) -> Option<&Override> {
        match self {
            Self::List(list) => {
                let is_same =
                    |listed: &Key| listed.hash() == key.hash() && listed.as_str() == key.text();
                list.iter()
                    .find(|(listed, _)| is_same(listed))
                    .map(|(_, change)| change)
            }
            Self::Map(map) => map.get(key),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::List(list) => list.is_empty(),
            Self::Map(map) => map.is_empty(),
        }
    }

    /// Return the overrides, in no particular order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Key, &Override)> {
        let (list, map) = match self {
            Self::List(list) => (Some(list), None),
            Self::Map(map) => (None, Some(map)),
        };
        let listed = list
            .into_iter()
            .flat_map(|list| list.iter().map(|(key, change)| (key, change)));
        listed.chain(map.into_iter().flat_map(Map::iter))
    }
}
