//! The caches of a frame: the map of all visible keys, and the same keys in order.
//!
//! A frame makes its cache from the cache of the frame below. If several frames in a row have no cache, a loop
//! makes them, the lowest first. Recursion would overflow the stack if the chain is long.

use super::map::{self, Map, SortedKeys};
use super::{Frame, Override};
use crate::entry::Entry;
use crate::key::{HashedText, Key, Probe, parents};

impl Frame {
    /// Return the map of every visible key to its entry.
    ///
    /// It also has a `None` for each deleted part of a value, so that a read does not get the part from the value.
    #[inline]
    pub(crate) fn view(&self) -> &Map<Override> {
        if let Some(view) = self.view.get() {
            return view;
        }
        for frame in self.frames_without(|frame| frame.view.get().is_some()) {
            // If another thread has set the cache meanwhile, that view is kept. It is the same.
            let _ = frame.view.set(frame.make_view());
        }
        self.view.get().expect("the loop ended with this frame")
    }

    /// Return the view of the frame below with the overrides of this frame on top.
    fn make_view(&self) -> Map<Override> {
        let below = self.visible_parent();
        let outer = (below.view.get()).expect("the frame below made its view first");
        let mut view = outer.clone();
        for (key, change) in self.overrides.iter() {
            if !outer.is_empty() && change.as_ref().is_some_and(Entry::hides) {
                for hidden in map::subtree(below.sorted_keys(), key.as_str()) {
                    view.remove_mut(hidden);
                }
            }
        }
        for (key, change) in self.overrides.iter() {
            let Some(entry) = change else {
                view.remove_mut(key);
                continue;
            };
            let entry = match outer.get(key) {
                Some(Some(outer)) if !self.overrides.hide(key.as_str()) => {
                    entry.on_top_of(key, outer)
                }
                _ => entry.clone(),
            };
            view.insert_mut(key.clone(), Some(entry));
        }
        if self.has_parts {
            self.settle_parts(outer, &mut view);
        }
        view
    }

    /// Let parts of values that this frame deletes stay deleted, and let empty mappings not replace parts.
    fn settle_parts(&self, outer: &Map<Override>, view: &mut Map<Override>) {
        for (key, change) in self.overrides.iter() {
            let is_part = has_value_above(view, key.as_str());
            match change {
                None if is_part => view.insert_mut(key.clone(), None),
                Some(entry) if is_part && !entry.hides() && outer.get(key).is_none() => {
                    view.remove_mut(key);
                }
                _ => {}
            }
        }
    }

    /// Return every visible key, in order.
    pub(crate) fn sorted_keys(&self) -> &SortedKeys {
        if let Some(keys) = self.sorted_keys.get() {
            return keys;
        }
        let is_ready = |frame: &Self| frame.sorted_keys.get().is_some() || frame.scope.is_none();
        for frame in self.frames_without(is_ready) {
            let below = frame.visible_parent().cached_sorted_keys();
            let mut keys = below.clone();
            for (key, _) in frame.overrides.iter() {
                for hidden in map::subtree(below, key.as_str()) {
                    if !frame.shows(hidden) {
                        keys.remove_mut(hidden);
                    }
                }
                if frame.shows(key) {
                    keys.insert_mut(key.clone());
                } else {
                    keys.remove_mut(key);
                }
            }
            let _ = frame.sorted_keys.set(keys);
        }
        self.cached_sorted_keys()
    }

    /// Return whether a key is set in the view.
    fn shows(&self, key: &Key) -> bool {
        matches!(self.view().get(key), Some(Some(_)))
    }

    /// Return the cached keys of this frame. If it has none, it is a baseline, which sorts the keys of its view.
    fn cached_sorted_keys(&self) -> &SortedKeys {
        self.sorted_keys.get_or_init(|| {
            let mut keys = SortedKeys::new_sync();
            for (key, entry) in self.view().iter() {
                if entry.is_some() {
                    keys.insert_mut(key.clone());
                }
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
        map::subtree(self.sorted_keys(), key)
            .filter_map(|key| Some((key, self.view().get(key)?.as_ref()?)))
    }

    pub(crate) fn has_subtree(&self, key: &str) -> bool {
        map::has_subtree(self.sorted_keys(), key)
    }

    /// Return whether a key can be a part of a value above it.
    pub(crate) fn has_value_above(&self, key: &str) -> bool {
        self.has_parts && has_value_above(self.view(), key)
    }
}

/// Return whether a key above a key has a value in a view.
fn has_value_above(view: &Map<Override>, key: &str) -> bool {
    parents(key).any(|parent| {
        let change = view.get(&HashedText::new(parent) as &dyn Probe);
        matches!(change, Some(Some(entry)) if entry.hides())
    })
}
