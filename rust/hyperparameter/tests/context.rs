//! The scope that stands for a context: what is set outside of any other belongs to it.

use hyperparameter::{ParamError, ParamScope, get_param};

/// It is never left, so entering and leaving it does nothing.
#[test]
fn the_scope_of_a_context_is_never_left() -> Result<(), ParamError> {
    let context = ParamScope::current();
    context.set("a", 1)?;
    drop(context.enter());
    context.leave();
    assert_eq!(get_param!(a, 0), 1);

    let _entered = ParamScope::from_texts(["a=2"])?.enter();
    let _again = context.enter();
    assert_eq!(get_param!(a, 0), 2);
    assert!(ParamScope::current() != context);
    Ok(())
}

/// What is bound to it stays in the view of that moment, whatever it enters and leaves.
#[test]
fn what_is_bound_to_the_scope_of_a_context_keeps_its_view() -> Result<(), ParamError> {
    let context = ParamScope::current();
    context.set("a", 1)?;
    let inner = ParamScope::from_texts(["a=2"])?;
    let bound = context.bind(|| {
        drop(inner.enter());
        get_param!(a, 0)
    });
    context.clear()?;
    assert_eq!((bound.call(), get_param!(a, 0)), (1, 0));
    Ok(())
}

/// A key is at most so deep that what lies beneath it can be shown: more is an error, not an overflow.
#[test]
fn keys_are_bounded() -> Result<(), ParamError> {
    let deep = |segments: usize| format!("{}=1", vec!["a"; segments].join("."));
    let scope = ParamScope::from_texts([deep(256)])?;
    assert!(scope.snapshot().subtree("a").is_some());
    let error = ParamScope::from_texts([deep(100_000)]).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("… is not a valid key: it has more than 256 segments"),
        "{error}"
    );
    Ok(())
}
