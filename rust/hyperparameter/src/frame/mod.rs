//! Frames: what a reader sees from an entered scope outwards.
//!
//! # The algorithm
//!
//! A key names a value in an immutable map. A thread-local pointer points at the current frame. Entering
//! a scope points it at a new frame on top of the old one; leaving the scope points it back. `frozen()`
//! publishes one pointer, the baseline, and every chain of frames ends on a baseline. There is no other
//! state.
//!
//! ```text
//! thread-local pointer
//!     │
//!     ▼
//!   frame 8   overrides {b: 20}          view {a: 1, b: 20, c: 3}
//!     │ parent
//!     ▼
//!   frame 7   overrides {b: 2, c: 3}     view {a: 1, b: 2, c: 3}
//!     │ parent
//!     ▼
//!   frame 4   (a baseline)               view {a: 1}
//! ```
//!
//! - **Parts.** A value hides everything below its key that was set further out. A key that is set below a value
//!   further in overrides that part of the value: the value and its parts are merged when the value is read.
//! - **Lookup.** A frame looks into its own overrides, which are few, and then into the view of its
//!   parent. The view is the map of every visible key. A frame makes it from the view of its parent when it
//!   is first needed, and caches it. So the cost of a lookup depends neither on the number of scopes nor on
//!   the number of keys. A place in source code caches its last answer, too: see `place`.
//! - **Entering** makes a frame of the scope's overrides. No view is made and nothing is copied.
//! - **Leaving** finds the frame of the entry by its number and removes it. Each frame above it is
//!   replaced by a new frame with the same overrides, on top of its parent. So scopes can be left in any order.
//! - **Writing** to an entered scope replaces its frame, and the frames above it, in the same way. Nobody
//!   else sees the write, because other threads and captured views point at the old frames.
//! - **Freezing** makes a frame without a parent from the current view, and publishes it as the baseline.
//!
//! A write outside every scope belongs to the *ambient* scope. Its frame is *detached*: it has no
//! parent. A read outside every scope puts it on top of the newest baseline. Entering a scope does the same, and
//! the frame stays on top of that baseline until the scope is left.
//!
//! Three modules share the work: this one and `view` have the frame, `chain` has the functions that turn one
//! chain into another, and `context` has the thread's pointer.

mod baseline;
pub(crate) mod chain;
pub(crate) mod context;
mod ids;
pub(crate) mod map;
mod overrides;
mod sync;
mod view;

use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;

use crate::entry::Entry;
use crate::key::{HashedText, Probe, parents};
use map::{Map, SortedKeys};
pub(crate) use overrides::{Override, Overrides};

/// Numbers that name a scope, or one entry of it.
#[derive(Clone, Copy)]
pub(crate) struct ScopeId {
    /// The number of the scope. It stays the same each time that the scope is entered.
    pub(crate) scope: u64,
    /// The number of one entry of the scope. [`ids::ANY_ENTRY`] means the innermost entry.
    entry: u64,
}

/// The part of a scope that stays the same while it is entered.
#[derive(Clone)]
pub(crate) struct ScopeIdentity {
    /// The number of the scope and of its entry. Leaving and writing find the frame of a scope by it.
    pub(crate) id: ScopeId,
    /// A baseline that readers see through the scope instead of the frames outside it.
    ///
    /// `ParamScope::empty` puts an empty baseline here, `ParamScope::capture` the captured view. `None` lets
    /// readers see the frames outside.
    pub(crate) background: Option<Arc<Frame>>,
}

impl ScopeIdentity {
    /// Return the identity of a new scope.
    pub(crate) fn new(background: Option<Arc<Frame>>) -> Self {
        Self {
            id: ScopeId {
                scope: ids::next(),
                entry: ids::ANY_ENTRY,
            },
            background,
        }
    }

    /// Return the identity for a new entry of this scope.
    pub(crate) fn of_new_entry(&self) -> Self {
        Self {
            id: ScopeId {
                entry: ids::next(),
                ..self.id
            },
            background: self.background.clone(),
        }
    }

    /// Return the identity of the scope itself, for any of its entries.
    pub(crate) fn of_any_entry(self) -> Self {
        Self {
            id: ScopeId {
                entry: ids::ANY_ENTRY,
                ..self.id
            },
            ..self
        }
    }

    /// Return whether this names one entry, not the scope itself.
    pub(crate) fn names_entry(&self) -> bool {
        self.id.entry != ids::ANY_ENTRY
    }

    /// Return the identity of the ambient scope, which all threads share.
    pub(crate) fn ambient() -> Self {
        Self {
            id: ScopeId {
                scope: ids::AMBIENT_SCOPE,
                entry: ids::ANY_ENTRY,
            },
            background: None,
        }
    }

    pub(crate) fn is_ambient(&self) -> bool {
        self.id.scope == ids::AMBIENT_SCOPE
    }
}

/// One entered scope on top of another frame, or a baseline. Immutable, except for its caches.
pub(crate) struct Frame {
    /// Identifies the frame. No other frame has this id, so it identifies the answers of the frame too.
    id: u64,
    /// The scope that the frame was made for. `None` for a baseline.
    scope: Option<ScopeIdentity>,
    /// What the scope sets itself. A baseline has none: all of its keys are in `view`.
    overrides: Overrides,
    /// The frame below. `None` for a baseline and for a detached ambient frame.
    parent: Option<Arc<Frame>>,
    /// Whether a value in view may have parts, so that a key that is not set can be a part of the value above it.
    has_parts: bool,
    /// A cache: every visible key and its entry. A baseline has it from the start.
    view: OnceLock<Map<Override>>,
    /// A cache: every visible key, in order.
    sorted_keys: OnceLock<SortedKeys>,
    /// A cache of a detached frame: the same overrides on top of the baseline that it was last read on.
    rebased: OnceLock<ArcSwapOption<Frame>>,
}

impl Frame {
    /// Return a frame for a scope, on top of `parent`.
    pub(crate) fn new(
        scope: ScopeIdentity,
        overrides: Overrides,
        parent: Option<Arc<Self>>,
    ) -> Arc<Self> {
        let visible_parent = scope.background.as_ref().or(parent.as_ref());
        let has_parts =
            visible_parent.is_some_and(|parent| parent.has_parts) || overrides.may_have_parts();
        Arc::new(Self {
            id: ids::next(),
            scope: Some(scope),
            overrides,
            parent,
            has_parts,
            view: OnceLock::new(),
            sorted_keys: OnceLock::new(),
            rebased: OnceLock::new(),
        })
    }

    /// Return the view of this frame as a baseline: a frame without a parent.
    pub(crate) fn to_baseline(&self) -> Arc<Self> {
        Self::baseline(
            ids::next(),
            self.has_parts,
            self.view().clone(),
            self.sorted_keys.clone(),
        )
    }

    /// Return the baseline of a program that has not called `frozen()`.
    fn empty_baseline() -> Arc<Self> {
        Self::baseline(ids::EMPTY_BASELINE, false, map::empty(), OnceLock::new())
    }

    fn baseline(
        id: u64,
        has_parts: bool,
        view: Map<Override>,
        sorted_keys: OnceLock<SortedKeys>,
    ) -> Arc<Self> {
        Arc::new(Self {
            id,
            scope: None,
            overrides: Overrides::none(),
            parent: None,
            has_parts,
            view: view.into(),
            sorted_keys,
            rebased: OnceLock::new(),
        })
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// Return the scope that the frame was made for, `None` for a baseline.
    fn scope(&self) -> Option<&ScopeIdentity> {
        self.scope.as_ref()
    }

    /// Return the number of the frame's scope, `None` for a baseline.
    fn scope_id(&self) -> Option<u64> {
        self.scope.as_ref().map(|scope| scope.id.scope)
    }

    /// Return whether the frame was made for a scope, and for the entry of it if the id names one.
    #[inline]
    fn is_of(&self, id: ScopeId) -> bool {
        self.scope.as_ref().is_some_and(|own| {
            own.id.scope == id.scope && (id.entry == ids::ANY_ENTRY || own.id.entry == id.entry)
        })
    }

    /// Return whether the frame belongs to a scope that was entered, not to the ambient scope.
    fn is_of_entered_scope(&self) -> bool {
        self.scope_id().is_some_and(|id| id != ids::AMBIENT_SCOPE)
    }

    /// Return whether the frame has the writes of the ambient scope and is not on top of a baseline yet.
    fn is_detached(&self) -> bool {
        self.parent.is_none()
    }

    /// Return what the scope of this frame sets itself.
    pub(crate) fn overrides(&self) -> &Overrides {
        &self.overrides
    }

    /// Return the frame below the frame of an entered scope.
    pub(crate) fn outer(&self) -> &Arc<Self> {
        self.parent().expect("an entered scope has a parent")
    }

    fn parent(&self) -> Option<&Arc<Self>> {
        self.parent.as_ref()
    }

    /// Return the entry of a key, by the key's text.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry> {
        self.find_linked(&HashedText::new(key))
    }

    /// Return the entry of a key on top of the entries that the key has further out.
    ///
    /// An untyped text has the type of the value that it overrides there.
    pub(crate) fn find_linked(&self, key: &dyn Probe) -> Option<&Entry> {
        self.view().get(key)?.as_ref()
    }

    /// Return the entry of a key. It may lack what depends on the entries further out: see `find_linked`.
    #[inline]
    pub(crate) fn find(&self, key: &dyn Probe) -> Option<&Entry> {
        self.find_override(key)?.as_ref()
    }

    /// Return the entry of a key, and `Some(&None)` if the key is deleted here.
    ///
    /// This and the functions that it calls are `#[inline]` because reads are compiled in the user's crate. Without
    /// it, reading a `String` takes a fifth longer.
    #[inline]
    fn find_override(&self, key: &dyn Probe) -> Option<&Override> {
        match self.overrides.get(key) {
            // An empty mapping does not replace a value further out.
            Some(Some(entry)) if !entry.hides() => return self.view().get(key),
            None => {}
            change => return change,
        }
        if self.view.get().is_some() {
            return self.view().get(key);
        }
        if self.overrides.hide(key.text()) {
            return None;
        }
        self.visible_parent().view().get(key)
    }

    /// Return the nearest key above a key that has a value, and its entry.
    ///
    /// Return `None` if the key itself is set or deleted: then it is not read from the value above.
    pub(crate) fn value_above<'k>(&self, key: &'k str) -> Option<(&'k str, &Entry)> {
        if !self.has_parts || self.find_override(&HashedText::new(key)).is_some() {
            return None;
        }
        parents(key).find_map(|parent| {
            let entry = self.find(&HashedText::new(parent))?;
            entry.hides().then_some((parent, entry))
        })
    }

    /// Return the frame whose keys are visible through this one.
    ///
    /// # Panics
    /// If the frame is a baseline or is detached.
    #[inline]
    pub(crate) fn visible_parent(&self) -> &Self {
        let background = self
            .scope
            .as_ref()
            .and_then(|scope| scope.background.as_ref());
        background
            .or(self.parent.as_ref())
            .expect("every chain of frames ends on a baseline")
    }

    /// Return this detached frame on top of a baseline.
    fn rebased_on(&self, baseline: &Arc<Self>) -> Arc<Self> {
        let cache = self.rebased.get_or_init(ArcSwapOption::const_empty);
        if let Some(cached) = cache.load_full()
            && cached
                .parent
                .as_ref()
                .is_some_and(|parent| parent.id == baseline.id)
        {
            return cached;
        }
        let rebased = Self::new(
            ScopeIdentity::ambient(),
            self.overrides.clone(),
            Some(baseline.clone()),
        );
        cache.store(Some(rebased.clone()));
        rebased
    }
}

impl Drop for Frame {
    /// Drop a chain of frames one by one. Recursive drops of a long chain would overflow the stack.
    fn drop(&mut self) {
        let mut next = self.parent.take();
        while let Some(mut frame) = next.and_then(Arc::into_inner) {
            next = frame.parent.take();
        }
    }
}
