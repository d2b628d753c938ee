//! Changing scopes: `put` and `extend` for every later entry, the other methods until the scope is left.

use std::panic::Location;

use super::ParamScope;
use super::sources::{flatten, parse_key};
use crate::error::ParamError;
use crate::frame::{Overrides, ScopeIdentity, chain, context};
use crate::value::Value;

impl ParamScope {
    /// Set a parameter of this scope, for each time that it is entered from now on.
    ///
    /// This does not change a scope that is entered already. For that, see [`set`](Self::set).
    ///
    /// # Errors
    /// [`ParamError`] for an invalid key, before anything is set.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let mut scope = ParamScope::new();
    /// scope.put("train.lr", 0.1)?;
    /// assert!(scope.put("train..lr", 0.2).is_err());
    /// assert_eq!(scope.snapshot().len(), 1);
    /// # Ok::<(), ParamError>(())
    /// ```
    #[track_caller]
    pub fn put(&mut self, key: &str, value: impl Into<Value>) -> Result<(), ParamError> {
        let changes = flatten(key, value.into(), Location::caller())?;
        self.overrides = self.overrides.with_all(changes);
        self.become_another_scope();
        Ok(())
    }

    /// Add the overrides of another scope. If both set a key, the other scope wins.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let mut scope = ParamScope::from_texts(["a=1", "b=1"])?;
    /// scope.extend(&ParamScope::from_texts(["b=2"])?);
    /// assert_eq!(scope.snapshot().get("b", 0), 2);
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn extend(&mut self, other: &Self) {
        self.overrides = self.overrides.with_all(other.override_list());
        self.become_another_scope();
    }

    /// Take a new identity. A clone from before the change may be entered, and it is not the same scope any more.
    fn become_another_scope(&mut self) {
        self.identity = ScopeIdentity::new(self.identity.background.take());
    }

    /// Set a parameter until the scope is left.
    ///
    /// The write is visible in this thread, and in the views that the thread binds or captures afterwards.
    ///
    /// # Errors
    /// [`ParamError`] for an invalid key, and if the scope is not entered in this thread, before anything is set.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let scope = ParamScope::new();
    /// assert_eq!(scope.set("a", 1).unwrap_err().kind(), ParamErrorKind::NotEntered);
    /// let entered = scope.enter();
    /// entered.set("a", 1)?;
    /// assert_eq!(get_param!(a, 0), 1);
    /// # Ok::<(), ParamError>(())
    /// ```
    #[track_caller]
    pub fn set(&self, key: &str, value: impl Into<Value>) -> Result<(), ParamError> {
        let changes = flatten(key, value.into(), Location::caller())?;
        self.write(|overrides| overrides.with_all(changes))
    }

    /// Set what another scope sets, until this scope is left.
    ///
    /// # Errors
    /// [`ParamError`] if this scope is not entered in this thread.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let entered = ParamScope::from_texts(["a=1", "b=1"])?.enter();
    /// entered.update(&ParamScope::from_texts(["b=2"])?)?;
    /// assert_eq!((get_param!(a, 0), get_param!(b, 0)), (1, 2));
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn update(&self, other: &Self) -> Result<(), ParamError> {
        self.write(|overrides| overrides.with_all(other.override_list()))
    }

    /// Make a key, and every key in the subtree below it, missing until the scope is left.
    ///
    /// # Errors
    /// [`ParamError`] for an invalid key, and if the scope is not entered in this thread.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// with_params! {
    ///     set a.b = 1;
    ///     set a.c = 2;
    ///     ParamScope::current().delete("a")?;
    ///     assert!(snapshot().is_empty());
    /// }
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn delete(&self, key: &str) -> Result<(), ParamError> {
        let key = parse_key(key)?;
        let overrides = chain::overrides_after_delete(&self.view_frame(), &key);
        self.write(|_| overrides)
    }

    /// Remove everything that this scope itself sets, until it is left. The values outside it become visible again.
    ///
    /// # Errors
    /// [`ParamError`] if the scope is not entered in this thread.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let _outer = ParamScope::from_texts(["a=1"])?.enter();
    /// let inner = ParamScope::from_texts(["a=2"])?.enter();
    /// inner.clear()?;
    /// assert_eq!(get_param!(a, 0), 1);
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn clear(&self) -> Result<(), ParamError> {
        self.write(|_| Overrides::none())
    }

    fn write(&self, change: impl FnOnce(&Overrides) -> Overrides) -> Result<(), ParamError> {
        if context::write(self.identity.id, change) {
            Ok(())
        } else {
            Err(ParamError::not_entered())
        }
    }
}
