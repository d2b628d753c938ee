//! Inputs at the limits of what a value can hold: each is read or refused, and none aborts the process.

use hyperparameter::*;

/// Return a path that is not valid UTF-8.
#[cfg(unix)]
fn path_of_bytes() -> std::path::PathBuf {
    use std::os::unix::ffi::OsStringExt;
    std::ffi::OsString::from_vec(b"/tmp/\xff".to_vec()).into()
}

/// A path is read as it was set, also if it is not text.
#[cfg(unix)]
#[test]
fn a_path_that_is_not_text_is_read_as_it_was_set() -> Result<(), ParamError> {
    use std::path::{Path, PathBuf};

    let path = path_of_bytes();
    let mut scope = ParamScope::new();
    scope.put("owned", path.clone())?;
    scope.put("borrowed", path.as_path())?;
    scope.put("stored", Value::of(path.clone()))?;
    scope.put("optional", Some(path.clone()))?;
    scope.put("list", vec![path.clone()])?;
    let view = scope.snapshot();
    for key in ["owned", "borrowed", "stored", "optional"] {
        assert_eq!(view.require::<PathBuf>(key)?, path, "{key}");
    }
    assert_eq!(view.get("list", Vec::<PathBuf>::new()), vec![path.clone()]);
    with_params! {
        set out = path.clone();
        set borrowed = Path::new("/tmp/a");
        assert_eq!(get_param!(out, PathBuf::new()), path);
        assert_eq!(get_param!(borrowed, PathBuf::new()), Path::new("/tmp/a"));
        let error = try_get_param!(out, String::new()).unwrap_err();
        assert!(error.to_string().contains("is not a valid str"), "{error}");
    }
    Ok(())
}

/// Appending to a list again and again does not use up the stack: not to read it, to drop it, or to put it on another scope.
#[test]
fn a_list_can_be_appended_to_many_times() -> Result<(), ParamError> {
    let many = |count: usize| vec!["list.+=1"; count];
    let outer = ParamScope::from_texts(many(30_000))?;
    let _outer = outer.enter();
    let _inner = ParamScope::from_texts(many(30_000))?.enter();
    assert_eq!(get_param!(list, Vec::<i64>::new()).len(), 60_000);
    Ok(())
}

/// An exponent can be as large as an `i64`.
#[test]
fn a_number_with_an_enormous_exponent_is_read_or_refused() -> Result<(), ParamError> {
    let view = ParamScope::from_texts([
        "zero=00e9223372036854775807",
        "small=1e-9223372036854775808",
        "large=1e9223372036854775807",
        "larger=1e99999999999999999999",
    ])?
    .snapshot();
    assert_eq!(view.require::<i64>("zero")?, 0);
    assert!(view.require::<i64>("small").is_err());
    assert!(view.require::<i64>("large").is_err() && view.require::<f64>("large").is_err());
    assert!(view.require::<f64>("larger").is_err());
    Ok(())
}
