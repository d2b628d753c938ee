//! Frames: what is visible from an entered scope outwards.
//!
//! A key names a value in an immutable map. One thread-local points at the current frame; entering a
//! scope points it at a new frame on top, leaving points it back. `frozen()` publishes one pointer,
//! the baseline, on which every chain of frames ends. There is no other state.
//!
//! A frame holds its own overrides and what it lies on. A key that it does not override is looked up
//! in the map of all that is visible below, which each frame makes from the one below it when it is
//! first needed, and keeps. So neither the number of scopes nor the number of keys below is felt by
//! a read, and entering costs no more than the scope's own overrides.
//!
//! The entry of a key is generic, so that other languages can keep their own values in frames. What
//! an entry holds is never looked at here.

use std::ops::Bound;
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;

use crate::ids;
use crate::key::{Borrowed, Key, Probe};
use crate::map::{self, Map, Own, Sorted};

/// What a frame knows of the scope that it was made for.
pub struct Mark<E> {
    /// Which scope it is.
    pub id: u64,
    /// What is seen through the scope in place of what lies outside it, a baseline; `None` for the latter.
    pub outside: Option<Arc<Frame<E>>>,
}

impl<E> Clone for Mark<E> {
    fn clone(&self) -> Self {
        Self {
            id: self.id,
            outside: self.outside.clone(),
        }
    }
}

impl<E> Mark<E> {
    /// Return the mark of a new scope, through which what is outside can be seen.
    #[must_use]
    pub fn new() -> Self {
        Self {
            id: ids::next(),
            outside: None,
        }
    }

    /// Return the mark that all contexts share: of what they set outside of any scope.
    pub(crate) fn context() -> Self {
        Self {
            id: ids::CONTEXT,
            outside: None,
        }
    }

    pub(crate) fn is_of_context(&self) -> bool {
        self.id == ids::CONTEXT
    }
}

impl<E> Default for Mark<E> {
    fn default() -> Self {
        Self::new()
    }
}

/// Answers what is set, as seen from one entered scope outwards. Never changed once made.
pub struct Frame<E> {
    id: u64,
    mark: Option<Mark<E>>, // None: a baseline
    own: Own<E>,
    parent: Option<Arc<Frame<E>>>,
    // Made when first needed:
    full: OnceLock<Map<E>>,
    sorted: OnceLock<Sorted>,
    rebased: OnceLock<ArcSwapOption<Frame<E>>>, // of the context's own writes: see `over`
}

impl<E: Clone> Frame<E> {
    pub(crate) fn new(mark: Mark<E>, own: Own<E>, parent: Option<Arc<Self>>) -> Arc<Self> {
        Self::made(
            ids::next(),
            Some(mark),
            own,
            parent,
            OnceLock::new(),
            OnceLock::new(),
        )
    }

    /// Return what is visible as a frame that lies on nothing: a baseline.
    #[must_use]
    pub fn to_base(&self) -> Arc<Self> {
        let sorted = self
            .sorted
            .get()
            .cloned()
            .map_or_else(OnceLock::new, OnceLock::from);
        Self::made(
            ids::next(),
            None,
            Own::none(),
            None,
            self.view().clone().into(),
            sorted,
        )
    }

    /// Return the baseline of a program that has set none.
    pub(crate) fn nowhere() -> Arc<Self> {
        Self::made(
            ids::NOWHERE,
            None,
            Own::none(),
            None,
            map::empty().into(),
            OnceLock::new(),
        )
    }

    fn made(
        id: u64,
        mark: Option<Mark<E>>,
        own: Own<E>,
        parent: Option<Arc<Self>>,
        full: OnceLock<Map<E>>,
        sorted: OnceLock<Sorted>,
    ) -> Arc<Self> {
        Arc::new(Self {
            id,
            mark,
            own,
            parent,
            full,
            sorted,
            rebased: OnceLock::new(),
        })
    }

    /// Return what tells this frame from every other: two reads in one frame have the same answer.
    #[must_use]
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Return the mark of the scope that the frame was made for, `None` for a baseline.
    #[must_use]
    pub fn mark(&self) -> Option<&Mark<E>> {
        self.mark.as_ref()
    }

    /// Tell whether the frame is of a scope that was entered.
    pub(crate) fn is_entered(&self) -> bool {
        self.scope().is_some_and(|scope| scope != ids::CONTEXT)
    }

    pub(crate) fn scope(&self) -> Option<u64> {
        self.mark.as_ref().map(|mark| mark.id)
    }

    /// Return what the scope of this frame sets itself.
    #[must_use]
    pub fn own(&self) -> &Own<E> {
        &self.own
    }

    pub(crate) fn parent(&self) -> Option<&Arc<Self>> {
        self.parent.as_ref()
    }

    /// Return the entry of a key.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&E> {
        self.find(&Borrowed::new(key))
    }

    pub(crate) fn find(&self, key: &dyn Probe) -> Option<&E> {
        if let Some(own) = self.own.get(key) {
            return own.as_ref();
        }
        let below = if self.full.get().is_some() {
            self
        } else {
            self.below()
        };
        below.view().get(key)
    }

    /// Return the frame whose keys show through this one.
    pub(crate) fn below(&self) -> &Self {
        let outside = self.mark.as_ref().and_then(|mark| mark.outside.as_ref());
        outside
            .or(self.parent.as_ref())
            .expect("every chain of frames ends on a baseline")
    }

    /// Return the map of every visible key to its entry.
    pub fn view(&self) -> &Map<E> {
        if let Some(full) = self.full.get() {
            return full;
        }
        for frame in self.lacking(|frame| frame.full.get().is_some()) {
            let mut full = frame.below().full.get().expect("made lowest first").clone();
            for (key, entry) in frame.own.iter() {
                match entry {
                    Some(entry) => full.insert_mut(key.clone(), entry.clone()),
                    None => {
                        full.remove_mut(key);
                    }
                }
            }
            let _ = frame.full.set(full); // another thread may have made the same
        }
        self.full.get().expect("just made")
    }

    /// Return every visible key, in order.
    pub fn keys(&self) -> &Sorted {
        if let Some(sorted) = self.sorted.get() {
            return sorted;
        }
        for frame in self.lacking(|frame| frame.sorted.get().is_some() || frame.mark.is_none()) {
            let mut sorted = frame.below().keys_of_base_or_made().clone();
            for (key, entry) in frame.own.iter() {
                match entry {
                    Some(_) => sorted.insert_mut(key.clone()),
                    None => {
                        sorted.remove_mut(key);
                    }
                }
            }
            let _ = frame.sorted.set(sorted);
        }
        self.keys_of_base_or_made()
    }

    fn keys_of_base_or_made(&self) -> &Sorted {
        self.sorted.get_or_init(|| {
            let mut sorted = Sorted::new_sync();
            for key in self.view().keys() {
                sorted.insert_mut(key.clone());
            }
            sorted
        })
    }

    /// Return the frames from this one down, lowest first, that have yet to make something.
    fn lacking(&self, made: impl Fn(&Self) -> bool) -> impl Iterator<Item = &Self> {
        let mut lacking = Vec::new();
        let mut frame = self;
        while !made(frame) {
            lacking.push(frame);
            frame = frame.below();
        }
        lacking.into_iter().rev()
    }

    /// Return the keys beneath a key, and their entries, in order.
    pub fn beneath<'a>(&'a self, key: &str) -> impl Iterator<Item = (&'a Key, &'a E)> + use<'a, E> {
        let prefix = if key.is_empty() {
            String::new()
        } else {
            format!("{key}.")
        };
        let start = Borrowed::new(&prefix);
        let range: (Bound<&dyn Probe>, Bound<&dyn Probe>) =
            (Bound::Included(&start), Bound::Unbounded);
        // The range holds on to its bounds; a key's entry costs no more than a step.
        let keys: Vec<&'a Key> = self
            .keys()
            .range::<dyn Probe, _>(range)
            .take_while(|key| key.as_str().starts_with(&prefix))
            .collect();
        keys.into_iter()
            .filter_map(|key| Some((key, self.view().get(key)?)))
    }

    /// Return the context's own writes as a frame on a baseline.
    pub(crate) fn over(&self, base: &Arc<Self>) -> Arc<Self> {
        let rebased = self.rebased.get_or_init(ArcSwapOption::const_empty);
        if let Some(known) = rebased.load_full()
            && known
                .parent
                .as_ref()
                .is_some_and(|parent| parent.id == base.id)
        {
            return known;
        }
        let made = Self::new(Mark::context(), self.own.clone(), Some(base.clone()));
        rebased.store(Some(made.clone()));
        made
    }
}

impl<E> Drop for Frame<E> {
    /// Drop a chain frame by frame: a long one, dropped one within the other, would exhaust the stack.
    fn drop(&mut self) {
        let mut next = self.parent.take();
        while let Some(mut frame) = next.and_then(Arc::into_inner) {
            next = frame.parent.take();
        }
    }
}
