//! Scopes: sets of overrides that are entered and left.

mod bound;
mod change;
mod guard;
mod sources;

use std::fmt;
use std::sync::Arc;

pub use bound::Bound;
pub use guard::ScopeGuard;
pub(crate) use sources::flatten;

use crate::frame::{Frame, Override, Overrides, ScopeIdentity, chain, context};
use crate::key::Key;

/// Make the current view the baseline, which is below every scope of the process.
///
/// Outside every scope a read sees the newest baseline. Inside a scope it sees the baseline that was
/// current when the outermost scope was entered.
///
/// ```
/// use hyperparameter::*;
///
/// with_params! {
///     set seed = 42;
///     frozen();
/// }
/// let seed = std::thread::spawn(|| get_param!(seed, 0)).join().unwrap();
/// assert_eq!(seed, 42);
/// ```
pub fn frozen() {
    context::freeze(&context::current_frame());
}

/// A set of overrides that is entered and left.
///
/// A scope can be kept, cloned, entered again, entered within itself, and entered by many threads at
/// once. A clone is the same scope until one of the two is changed.
///
/// ```
/// use hyperparameter::*;
///
/// let mut scope = ParamScope::from_texts(["train.lr=0.01"])?;
/// scope.put("train.steps", 100)?;
/// {
///     let _entered = scope.enter();
///     assert_eq!(get_param!(train.lr, 0.1), 0.01);
///     assert_eq!(get_param!(train.steps, 10), 100);
/// }
/// assert_eq!(get_param!(train.lr, 0.1), 0.1);
/// # Ok::<(), ParamError>(())
/// ```
#[derive(Clone)]
pub struct ParamScope {
    identity: ScopeIdentity,
    /// What the scope sets when it is entered. Writes to an entered scope do not change it.
    overrides: Overrides,
}

impl ParamScope {
    /// Return a scope that sets nothing.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let mut scope = ParamScope::new();
    /// scope.put("a", 1)?;
    /// assert_eq!(scope.snapshot().get("a", 0), 1);
    /// # Ok::<(), ParamError>(())
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self::with_overrides(Overrides::none())
    }

    pub(crate) fn with_overrides(overrides: Overrides) -> Self {
        Self {
            identity: ScopeIdentity::new(None),
            overrides,
        }
    }

    fn with_background(background: Arc<Frame>) -> Self {
        Self {
            identity: ScopeIdentity::new(Some(background)),
            overrides: Overrides::none(),
        }
    }

    /// Return a scope that hides everything outside it, the baseline included.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// with_params! {
    ///     set a = 1;
    ///     params ParamScope::empty();
    ///     assert_eq!(get_param!(a, 0), 0);
    /// }
    /// ```
    #[must_use]
    pub fn empty() -> Self {
        Self::with_background(context::empty_baseline())
    }

    /// Return a scope that shows the current view wherever it is entered. It hides everything that is outside it there.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let view = with_params! {
    ///     set a = 1;
    ///     ParamScope::capture()
    /// };
    /// let a = std::thread::spawn(move || {
    ///     let _entered = view.enter();
    ///     get_param!(a, 0)
    /// });
    /// assert_eq!(a.join().unwrap(), 1);
    /// ```
    #[must_use]
    pub fn capture() -> Self {
        Self::with_background(context::current_frame().to_baseline())
    }

    /// Return the innermost scope of this thread, which is the ambient scope outside every other.
    ///
    /// What a thread sets outside every scope belongs to its ambient scope. That scope is never left, so
    /// entering it does nothing.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let _entered = ParamScope::new().enter();
    /// ParamScope::current().set("a", 1)?;
    /// assert_eq!(get_param!(a, 0), 1);
    /// # Ok::<(), ParamError>(())
    /// ```
    #[must_use]
    pub fn current() -> Self {
        let (identity, overrides) = context::innermost_scope();
        Self {
            identity,
            overrides,
        }
    }

    /// Make exactly this scope the baseline, which is below every scope of the process.
    ///
    /// Nothing of the old baseline stays, and nothing of the scopes that are entered: a request can publish a new
    /// configuration without publishing its own overrides. A scope from [`capture`](Self::capture) keeps what it
    /// captured. From a guard, what was set in the entered scope is included.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// with_params! {
    ///     set request.id = 7;
    ///     ParamScope::from_texts(["threshold=0.5"])?.freeze();
    /// }
    /// assert_eq!(snapshot().keys().collect::<Vec<_>>(), ["threshold"]);
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn freeze(&self) {
        let empty = context::empty_baseline();
        let entry = (self.identity.names_entry())
            .then(|| chain::frame_of(&context::current_frame(), self.identity.id))
            .flatten();
        let overrides =
            entry.map_or_else(|| self.overrides.clone(), |frame| frame.overrides().clone());
        context::freeze(&chain::enter(empty, self.identity.clone(), overrides));
    }

    /// Return what the scope sets, a key before those below it: a value would hide what was set below its key before.
    fn override_list(&self) -> Vec<(Key, Override)> {
        let overrides = self.overrides.iter();
        let mut list: Vec<_> = overrides
            .map(|(key, change)| (key.clone(), change.clone()))
            .collect();
        list.sort_by(|(left, _), (right, _)| left.cmp(right));
        list
    }

    /// Return the frame that shows the view from this scope outwards.
    ///
    /// If the scope is not entered in this thread, return its frame as if it were entered now.
    pub(crate) fn view_frame(&self) -> Arc<Frame> {
        let current = context::current_frame();
        chain::frame_of(&current, self.identity.id)
            .unwrap_or_else(|| chain::enter(current, self.identity.clone(), self.overrides.clone()))
    }

    /// Return the frame of this scope entered on top of the current view. If this is an entry of it, return the frame of
    /// the entry, with what was written to it.
    ///
    /// The view is copied into a baseline, so the frame does not keep the scopes around it alive.
    fn bound_frame(&self) -> Arc<Frame> {
        let current = context::current_frame();
        if self.identity.names_entry()
            && let Some(frame) = chain::frame_of(&current, self.identity.id)
        {
            let baseline = frame.outer().to_baseline();
            return chain::enter(baseline, self.identity.clone(), frame.overrides().clone());
        }
        let baseline = current.to_baseline();
        if self.identity.is_ambient() {
            return chain::enter(baseline, ScopeIdentity::new(None), Overrides::none());
        }
        chain::enter(baseline, self.identity.clone(), self.overrides.clone())
    }
}

impl Default for ParamScope {
    fn default() -> Self {
        Self::new()
    }
}

/// Two values are equal if they are the same scope.
impl PartialEq for ParamScope {
    fn eq(&self, other: &Self) -> bool {
        self.identity.id.scope == other.identity.id.scope
    }
}

impl Eq for ParamScope {}

impl fmt::Debug for ParamScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut overrides: Vec<_> = self.overrides.iter().collect();
        overrides.sort_by_key(|(key, _)| *key);
        let values = overrides
            .into_iter()
            .map(|(key, change)| (key, change.as_ref().map(|entry| &entry.value)));
        f.write_str("ParamScope ")?;
        f.debug_map().entries(values).finish()
    }
}

impl From<&Self> for ParamScope {
    fn from(scope: &Self) -> Self {
        scope.clone()
    }
}
