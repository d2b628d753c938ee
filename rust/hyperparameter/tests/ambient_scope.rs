//! The ambient scope, which owns what a thread sets outside every other scope.

use hyperparameter::{ParamError, ParamScope, get_param};

/// The ambient scope is never left, so entering and leaving it does nothing.
#[test]
fn the_ambient_scope_is_never_left() -> Result<(), ParamError> {
    let ambient = ParamScope::current();
    ambient.set("a", 1)?;
    drop(ambient.enter());
    ambient.leave();
    assert_eq!(get_param!(a, 0), 1);

    let _entered = ParamScope::from_texts(["a=2"])?.enter();
    let _again = ambient.enter();
    assert_eq!(get_param!(a, 0), 2);
    assert!(ParamScope::current() != ambient);
    Ok(())
}

/// A closure that is bound to the ambient scope keeps its view, even if it enters and leaves other scopes.
#[test]
fn a_closure_bound_to_the_ambient_scope_keeps_its_view() -> Result<(), ParamError> {
    let ambient = ParamScope::current();
    ambient.set("a", 1)?;
    let inner = ParamScope::from_texts(["a=2"])?;
    let bound = ambient.bind(|| {
        drop(inner.enter());
        get_param!(a, 0)
    });
    ambient.clear()?;
    assert_eq!((bound.call(), get_param!(a, 0)), (1, 0));
    Ok(())
}
