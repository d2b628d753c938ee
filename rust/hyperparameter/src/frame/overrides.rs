//! Overrides: the keys that one scope sets itself.

use std::sync::Arc;

use super::map::{self, Map, SortedKeys};
use crate::entry::Entry;
use crate::key::{HashedText, Key, Probe, is_below, parents};

/// What a scope does to one key: set an entry, or delete the key (`None`).
pub(crate) type Override = Option<Entry>;

/// The largest number of overrides that is stored as a list.
const MAX_LISTED: usize = 16;

/// The overrides of one scope. Immutable, and cheap to clone.
///
/// A value hides what was set below its key before, in the same scope too. So if a key and a key below it are both in
/// the overrides, the one below was set later: it overrides a part of the value.
///
/// Most scopes set only a few keys. A short list is searched faster than a map, and is built with one
/// allocation.
#[derive(Clone)]
pub(crate) enum Overrides {
    /// No overrides.
    None,
    /// One override, which needs no allocation of its own.
    One((Key, Override)),
    /// At most [`MAX_LISTED`] overrides.
    List(Arc<[(Key, Override)]>),
    /// Any number of overrides, and their keys in order.
    Map(Map<Override>, SortedKeys),
}

impl Overrides {
    /// Return no overrides.
    pub(crate) fn none() -> Self {
        Self::None
    }

    /// Return the overrides of a few changes. A later one wins over an earlier one.
    pub(crate) fn of<const N: usize>(changes: [(Key, Override); N]) -> Self {
        if (2..=MAX_LISTED).contains(&N) && are_independent(&changes) {
            return Self::List(Arc::new(changes));
        }
        Self::None.with_all(changes)
    }

    /// Return the overrides if they are stored one after the other.
    #[inline]
    fn listed(&self) -> Option<&[(Key, Override)]> {
        match self {
            Self::None => Some(&[]),
            Self::One(only) => Some(std::slice::from_ref(only)),
            Self::List(list) => Some(list),
            Self::Map(..) => None,
        }
    }

    /// Return these overrides with more added. A later one wins over an earlier one.
    pub(crate) fn with_all(&self, changes: impl IntoIterator<Item = (Key, Override)>) -> Self {
        changes
            .into_iter()
            .fold(self.clone(), |overrides, (key, change)| {
                overrides.with(key, change)
            })
    }

    /// Return these overrides with the override of one key added on top.
    pub(crate) fn with(self, key: Key, change: Override) -> Self {
        if matches!(self, Self::None) {
            return Self::One((key, change));
        }
        let earlier = self.get(&key).and_then(Option::as_ref);
        let change = match (change, earlier) {
            (Some(entry), Some(earlier)) => Some(entry.on_top_of(&key, earlier)),
            (change, _) => change,
        };
        if change.as_ref().is_some_and(Entry::hides) {
            self.without_subtree(key.as_str())
                .with_replaced(key, change)
        } else {
            self.with_replaced(key, change)
        }
    }

    /// Return these overrides with the override of one key added or replaced.
    fn with_replaced(self, key: Key, change: Override) -> Self {
        match self {
            Self::One((listed, _)) if listed == key => Self::One((key, change)),
            Self::One(only) => Self::List(Arc::new([only, (key, change)])),
            Self::None => Self::One((key, change)),
            Self::List(list) => Self::list_with(list, key, change),
            Self::Map(mut map, mut keys) => {
                keys.insert_mut(key.clone());
                map.insert_mut(key, change);
                Self::Map(map, keys)
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
        let (mut map, mut keys) = (map::empty(), SortedKeys::new_sync());
        for (key, change) in longer {
            keys.insert_mut(key.clone());
            map.insert_mut(key, change);
        }
        Self::Map(map, keys)
    }

    /// Return these overrides without those of the keys below a key.
    fn without_subtree(self, key: &str) -> Self {
        let below: Vec<Key> = match &self {
            Self::Map(_, keys) => map::subtree(keys, key).cloned().collect(),
            other => (other.iter())
                .filter(|(listed, _)| is_below(listed.as_str(), key))
                .map(|(listed, _)| listed.clone())
                .collect(),
        };
        below.iter().fold(self, Overrides::without)
    }

    /// Return these overrides without the override of a key.
    pub(crate) fn without(self, key: &Key) -> Self {
        match self {
            Self::None => Self::None,
            Self::One((listed, _)) if listed == *key => Self::None,
            Self::One(only) => Self::One(only),
            Self::List(list) if list.iter().all(|(listed, _)| listed != key) => Self::List(list),
            Self::List(list) => Self::List(
                list.iter()
                    .filter(|(listed, _)| listed != key)
                    .cloned()
                    .collect(),
            ),
            Self::Map(mut map, mut keys) => {
                map.remove_mut(key);
                keys.remove_mut(key);
                Self::Map(map, keys)
            }
        }
    }

    /// Return the override of a key: `Some(&None)` if the scope deletes it.
    #[inline]
    pub(crate) fn get(&self, key: &dyn Probe) -> Option<&Override> {
        if let Self::Map(map, _) = self {
            return map.get(key);
        }
        let is_same = |listed: &Key| listed.hash() == key.hash() && listed.as_str() == key.text();
        self.listed()?
            .iter()
            .find(|(listed, _)| is_same(listed))
            .map(|(_, change)| change)
    }

    /// Return whether a value of this scope hides a key: it is set at a key above.
    #[inline]
    pub(crate) fn hide(&self, key: &str) -> bool {
        if let Self::Map(map, _) = self {
            return parents(key).any(|parent| {
                let change = map.get(&HashedText::new(parent) as &dyn Probe);
                matches!(change, Some(Some(entry)) if entry.hides())
            });
        }
        self.listed()
            .unwrap_or_default()
            .iter()
            .any(|(listed, change)| {
                is_below(key, listed.as_str()) && change.as_ref().is_some_and(Entry::hides)
            })
    }

    /// Return whether a value of this scope may have parts.
    pub(crate) fn may_have_parts(&self) -> bool {
        self.iter().any(|(_, change)| {
            change
                .as_ref()
                .is_some_and(|entry| entry.value.may_have_parts())
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Map(map, _) => map.is_empty(),
            other => other.listed().is_none_or(<[_]>::is_empty),
        }
    }

    /// Return the overrides, in no particular order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Key, &Override)> {
        let map = match self {
            Self::Map(map, _) => Some(map),
            _ => None,
        };
        let listed = self.listed().unwrap_or_default();
        let listed = listed.iter().map(|(key, change)| (key, change));
        listed.chain(map.into_iter().flat_map(Map::iter))
    }
}

/// Return whether no change affects another one: their keys differ, and no key is below another one.
fn are_independent(changes: &[(Key, Override)]) -> bool {
    let affects = |above: &Key, key: &Key| above == key || is_below(key.as_str(), above.as_str());
    (changes.iter().enumerate()).all(|(index, (key, change))| {
        change.as_ref().is_some_and(Entry::hides)
            && (changes[..index].iter())
                .all(|(other, _)| !affects(other, key) && !affects(key, other))
    })
}
