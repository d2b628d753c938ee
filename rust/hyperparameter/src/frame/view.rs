//! The caches of a frame: the map of all visible keys, and the same keys in order.
//!
//! A frame makes its cache from the cache of the frame below. If several frames in a row have no cache, a loop
//! makes them, the lowest first. Recursion would overflow the stack if the chain is long.

use std::ops::Bound;

use super::Frame;
use super::map::{Map, SortedKeys};
use crate::entry::Entry;
use crate::key::{HashedText, Key, Probe};

impl Frame {
    /// Return the map of every visible key to its entry.
    #[inline]
    pub(crate) fn view(&self) -> &Map<Entry> {
        if let Some(view) = self.view.get() {
            return view;
        }
        for frame in self.frames_without(|frame| frame.view.get().is_some()) {
            let below = frame.visible_parent().view.get();
            let mut view = below.expect("the frame below made its view first").clone();
            for (key, change) in frame.overrides.iter() {
                match change {
                    Some(entry) => view.insert_mut(key.clone(), entry.clone()),
                    None => {
                        view.remove_mut(key);
                    }
                }
            }
            // If another thread has set the cache meanwhile, that view is kept. It is the same.
            let _ = frame.view.set(view);
        }
        self.view.get().expect("the loop ended with this frame")
    }

    /// Return every visible key, in order.
    pub(crate) fn sorted_keys(&self) -> &SortedKeys {
        if let Some(keys) = self.sorted_keys.get() {
            return keys;
        }
        let is_ready = |frame: &Self| frame.sorted_keys.get().is_some() || frame.scope.is_none();
        for frame in self.frames_without(is_ready) {
            let mut keys = frame.visible_parent().cached_sorted_keys().clone();
            for (key, change) in frame.overrides.iter() {
                match change {
                    Some(_) => keys.insert_mut(key.clone()),
                    None => {
                        keys.remove_mut(key);
                    }
                }
            }
            let _ = frame.sorted_keys.set(keys);
        }
        self.cached_sorted_keys()
    }

    /// Return the cached keys of this frame. If it has none, it is a baseline, which sorts the keys of its view.
    fn cached_sorted_keys(&self) -> &SortedKeys {
        self.sorted_keys.get_or_init(|| {
            let mut keys = SortedKeys::new_sync();
            for key in self.view().keys() {
                keys.insert_mut(key.clone());
            }
            keys
        })
    }

    /// Return this frame and the frames below it down to the first that is ready, lowest first. Leave that one out.
    fn frames_without(&self, is_ready: impl Fn(&Self) -> bool) -> impl Iterator<Item = &Self> {
        let mut frames = Vec::new();
        let mut frame = self;
        while !is_ready(frame) {
            frames.push(frame);
            frame = frame.visible_parent();
        }
        frames.into_iter().rev()
    }

    /// Return the keys of the subtree below a key, and their entries, in order. The key itself is not included.
    pub(crate) fn subtree<'a>(
        &'a self,
        key: &str,
    ) -> impl Iterator<Item = (&'a Key, &'a Entry)> + use<'a> {
        let prefix = if key.is_empty() {
            String::new()
        } else {
            format!("{key}.")
        };
        let start = HashedText::new(&prefix);
        let range: (Bound<&dyn Probe>, Bound<&dyn Probe>) =
            (Bound::Included(&start), Bound::Unbounded);
        // The range borrows `start`, which lives only until this function returns, so the keys are collected.
        let keys: Vec<&'a Key> = self
            .sorted_keys()
            .range::<dyn Probe, _>(range)
            .take_while(|key| key.as_str().starts_with(&prefix))
            .collect();
        keys.into_iter()
            .filter_map(|key| Some((key, self.view().get(key)?)))
    }
}
