//! The scopes that a block of `with_params!` enters.

use std::marker::PhantomData;

use super::set_as::Setting;
use crate::frame::{Overrides, ScopeId, ScopeIdentity, chain, context};
use crate::scope::{Bound, ParamScope, ScopeGuard};

/// The scope of one block. It is left when this guard is dropped.
pub struct BlockScope {
    id: ScopeId,
    /// A raw pointer makes the guard `!Send`: a scope has to be left in the thread that entered it.
    not_send: PhantomData<*const ()>,
}

impl BlockScope {
    /// Enter a scope that sets nothing.
    pub fn enter() -> Self {
        Self::enter_overrides(Overrides::none())
    }

    /// Enter a scope that sets some keys. A later one wins over an earlier one.
    pub fn enter_with<const N: usize>(settings: [Setting; N]) -> Self {
        if settings.iter().any(Setting::sets_keys_below) {
            let set = |overrides: Overrides, setting: Setting| setting.set_in(&overrides);
            return Self::enter_overrides(settings.into_iter().fold(Overrides::none(), set));
        }
        Self::enter_overrides(Overrides::of(settings.map(Setting::into_override)))
    }

    fn enter_overrides(overrides: Overrides) -> Self {
        let scope = ScopeIdentity::new(None);
        let id = scope.id;
        context::enter(scope, overrides);
        Self {
            id,
            not_send: PhantomData,
        }
    }
}

impl Drop for BlockScope {
    fn drop(&mut self) {
        context::leave(self.id);
    }
}

/// Enter the scope of a `params` statement.
pub fn enter_params(scope: impl Into<ParamScope>) -> ScopeGuard {
    scope.into().enter()
}

/// The scope of a `params` statement in a block that awaits. It is left when this guard is dropped.
///
/// Unlike [`ScopeGuard`] it is `Send`. The future that holds it enters its view in each thread that polls or drops it,
/// so the scope is always entered where the guard is dropped.
pub struct SendGuard(ParamScope);

impl SendGuard {
    pub fn enter(scope: impl Into<ParamScope>) -> Self {
        Self(scope.into().entered())
    }
}

impl Drop for SendGuard {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// Return a future that runs in a scope of its own, on top of the current view.
///
/// The macro awaits the future in place, so the scopes around it stay entered as long as the future exists. Therefore
/// their view is not copied into a baseline, as [`ParamScope::bind`] does.
pub fn in_new_scope<F: Future>(future: F) -> Bound<F> {
    let scope = ScopeIdentity::new(None);
    Bound::new(
        chain::enter(context::current_frame(), scope, Overrides::none()),
        future,
    )
}
