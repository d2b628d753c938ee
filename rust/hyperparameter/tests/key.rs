//! The limits of keys.

use hyperparameter::{ParamError, ParamScope};

/// A key has at most 256 segments, so that the stack is deep enough for its subtree. A longer key is an error.
#[test]
fn a_key_with_too_many_segments_is_an_error() -> Result<(), ParamError> {
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
