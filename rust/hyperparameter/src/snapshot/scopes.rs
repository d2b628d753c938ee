//! Snapshots of scopes, and scopes from snapshots.

use super::Snapshot;
use crate::frame::Overrides;
use crate::scope::ParamScope;

impl ParamScope {
    /// Return the view from this scope outwards, without what is set inside it.
    ///
    /// If the scope is not entered in this thread, return the view as if it were entered now.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let outer = ParamScope::from_texts(["a=1"])?.enter();
    /// let _inner = ParamScope::from_texts(["a=2"])?.enter();
    /// assert_eq!((outer.snapshot().get("a", 0), snapshot().get("a", 0)), (1, 2));
    /// # Ok::<(), ParamError>(())
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(self.view_frame())
    }
}

/// A scope that sets everything that the snapshot shows.
impl From<&Snapshot> for ParamScope {
    fn from(snapshot: &Snapshot) -> Self {
        let entries =
            (snapshot.0.subtree("")).map(|(key, entry)| (key.clone(), Some(entry.clone())));
        Self::with_overrides(Overrides::none().with_all(entries))
    }
}

impl From<Snapshot> for ParamScope {
    fn from(snapshot: Snapshot) -> Self {
        (&snapshot).into()
    }
}
