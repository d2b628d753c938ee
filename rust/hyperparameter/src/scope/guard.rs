//! Entering and leaving scopes.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use super::ParamScope;
use crate::frame::context;

impl ParamScope {
    /// Enter the scope until the guard is dropped.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let entered = ParamScope::from_texts(["a=1"])?.enter();
    /// entered.set("b", 2)?;
    /// assert_eq!((get_param!(a, 0), get_param!(b, 0)), (1, 2));
    /// drop(entered);
    /// assert_eq!((get_param!(a, 0), get_param!(b, 0)), (0, 0));
    /// # Ok::<(), ParamError>(())
    /// ```
    #[must_use = "the scope is left when the guard is dropped"]
    pub fn enter(&self) -> ScopeGuard {
        ScopeGuard {
            scope: self.entered(),
            not_send: PhantomData,
        }
    }

    /// Enter the scope, and return this entry of it. The caller has to [`leave`](Self::leave) that.
    pub(crate) fn entered(&self) -> Self {
        if self.identity.is_ambient() {
            return self.clone();
        }
        let identity = self.identity.of_new_entry();
        context::enter(identity.clone(), self.overrides.clone());
        Self {
            identity,
            overrides: self.overrides.clone(),
        }
    }

    /// Leave the scope in this thread, even if it is not the innermost one.
    ///
    /// This is for an entry whose guard was forgotten. If the scope is entered several times, its innermost entry is left.
    /// If it is not entered, nothing happens.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let scope = ParamScope::from_texts(["a=1"])?;
    /// std::mem::forget(scope.enter());
    /// assert_eq!(get_param!(a, 0), 1);
    /// scope.leave();
    /// assert_eq!(get_param!(a, 0), 0);
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn leave(&self) {
        if !self.identity.is_ambient() {
            context::leave(self.identity.id);
        }
    }
}

/// Leaves its scope when it is dropped, even by a panic, and even if the scope is not the innermost one.
///
/// If a scope is entered several times, each guard stands for its own entry: it writes to that one and leaves it.
///
/// A guard cannot be sent to another thread, because a scope has to be left in the thread that entered it.
///
/// ```
/// use hyperparameter::*;
///
/// let first = ParamScope::from_texts(["a=1"])?.enter();
/// let second = ParamScope::from_texts(["b=2"])?.enter();
/// drop(first);
/// assert_eq!((get_param!(a, 0), get_param!(b, 0)), (0, 2));
/// drop(second);
/// assert!(snapshot().is_empty());
/// # Ok::<(), ParamError>(())
/// ```
#[must_use = "the scope is left when the guard is dropped"]
pub struct ScopeGuard {
    scope: ParamScope,
    /// A raw pointer makes the guard `!Send`.
    not_send: PhantomData<*const ()>,
}

impl Deref for ScopeGuard {
    type Target = ParamScope;

    fn deref(&self) -> &ParamScope {
        &self.scope
    }
}

impl Drop for ScopeGuard {
    fn drop(&mut self) {
        self.scope.leave();
    }
}

impl fmt::Debug for ScopeGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScopeGuard({:?})", self.scope)
    }
}

impl From<&ScopeGuard> for ParamScope {
    fn from(guard: &ScopeGuard) -> Self {
        Self {
            identity: guard.scope.identity.clone().of_any_entry(),
            overrides: guard.scope.overrides.clone(),
        }
    }
}
