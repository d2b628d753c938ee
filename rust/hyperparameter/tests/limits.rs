//! Inputs at the limits of what a value can hold: each is read or refused, and none aborts the process.

use hyperparameter::*;

/// Held by the tests that replace the baseline, which all threads share.
static PUBLISHING: std::sync::Mutex<()> = std::sync::Mutex::new(());

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

/// A scope that is extended is another scope: an entered clone from before the change stays as it is.
#[test]
fn an_extended_scope_is_another_scope() -> Result<(), ParamError> {
    let mut scope = ParamScope::from_texts(["a=1"])?;
    let before = scope.clone();
    let _entered = before.enter();
    scope.extend(&ParamScope::from_texts(["a=2"])?);
    assert!(scope != before);
    assert_eq!(
        (scope.snapshot().get("a", 0), before.snapshot().get("a", 0)),
        (2, 1)
    );
    assert_eq!(
        scope.set("a", 3).unwrap_err().kind(),
        ParamErrorKind::NotEntered
    );
    Ok(())
}

/// A number that is too large for `f32` is refused. Infinity is not too large.
#[test]
fn a_float_that_is_too_large_for_f32_is_refused() -> Result<(), ParamError> {
    let view = ParamScope::from_texts(["large=3.5e38", "most=3.4e38", "small=-1e39", "inf=-inf"])?
        .snapshot();
    assert_eq!(view.require::<f32>("most")?, 3.4e38);
    assert_eq!(view.require::<f32>("inf")?, f32::NEG_INFINITY);
    for key in ["large", "small"] {
        let error = view.require::<f32>(key).unwrap_err();
        assert_eq!(error.detail(), Some("it is too large for f32"));
        assert!(view.require::<f64>(key).is_ok());
    }
    Ok(())
}

/// For an optional text, `none` is `None` only if it comes from a place without types.
#[test]
fn an_optional_text_that_was_set_as_none_stays_text() -> Result<(), ParamError> {
    let mut scope = ParamScope::from_texts(["untyped=none", "untyped_null=NULL", "other=nones"])?;
    scope.put("text", "none")?;
    scope.put("number", "none")?;
    let view = scope.snapshot();
    let read = |key: &str| view.require::<Option<String>>(key);
    assert_eq!((read("untyped")?, read("untyped_null")?), (None, None));
    assert_eq!(
        (read("text")?, read("other")?),
        (Some("none".to_owned()), Some("nones".to_owned()))
    );
    assert_eq!(view.require::<Option<i64>>("number")?, None);
    with_params! {
        params &scope;
        assert_eq!(get_param!(text, None::<String>), Some("none".to_owned()));
        assert_eq!(get_param!(untyped, Some("x".to_owned())), None);
    }
    Ok(())
}

/// A float is read as an integer if it is exact: 2¹²⁷ is not an `i128`, and is a `u128`. 2¹²⁸ is neither.
#[test]
fn a_float_at_the_limit_of_an_integer_is_exact_or_refused() -> Result<(), ParamError> {
    let mut scope = ParamScope::new();
    scope.put("two_127", 2f64.powi(127))?;
    scope.put("minus_two_127", -(2f64.powi(127)))?;
    scope.put("two_128", 2f64.powi(128))?;
    scope.put("minus_two_128", -(2f64.powi(128)))?;
    let view = scope.snapshot();
    assert!(view.require::<i128>("two_127").is_err());
    assert_eq!(view.require::<u128>("two_127")?, 1 << 127);
    assert_eq!(view.require::<i128>("minus_two_127")?, i128::MIN);
    for key in ["two_128", "minus_two_128"] {
        assert!(view.require::<u128>(key).is_err() && view.require::<i128>(key).is_err());
    }
    Ok(())
}

/// In a number, an underscore stands between two digits.
#[test]
fn an_underscore_stands_between_two_digits() -> Result<(), ParamError> {
    let view = ParamScope::from_texts(["a=1_000", "b=1_0.2_5e1_0", "c=-1_2"])?.snapshot();
    assert_eq!(
        (view.require::<i64>("a")?, view.require::<i64>("c")?),
        (1000, -12)
    );
    assert_eq!(view.require::<f64>("b")?, 10.25e10);
    for text in [
        "_1", "1_", "1__0", "1_.0", "1._0", "1e_5", "-_1", "_", "1_e5",
    ] {
        let view = ParamScope::from_texts([format!("n={text}")])?.snapshot();
        assert!(
            view.require::<f64>("n").is_err() && view.require::<i64>("n").is_err(),
            "{text}"
        );
    }
    Ok(())
}

/// What is set outside every scope is seen on top of the newest baseline, however often it is read before.
#[test]
fn a_write_outside_every_scope_is_read_on_the_newest_baseline() {
    let _published = PUBLISHING.lock();
    let read = || (get_param!(limits.own, 0), get_param!(limits.base, 0));
    let publish = |text: &str| {
        let scope = ParamScope::from_texts([text]).unwrap();
        std::thread::spawn(move || scope.freeze()).join().unwrap();
    };
    ParamScope::current().set("limits.own", 1).unwrap();
    assert_eq!((read(), read()), ((1, 0), (1, 0)));
    publish("limits.base=2");
    assert_eq!((read(), read()), ((1, 2), (1, 2)));
    ParamScope::current().set("limits.own", 3).unwrap();
    assert_eq!((read(), read()), ((3, 2), (3, 2)));
    publish("limits.other=4");
    assert_eq!((read(), read()), ((3, 0), (3, 0)));
    with_params! { set limits.own = 5; assert_eq!((read(), read()), ((5, 0), (5, 0))); }
    assert_eq!((read(), read()), ((3, 0), (3, 0)));
}

/// `freeze` publishes exactly the scope: nothing of the old baseline, and nothing of the scopes that are entered.
#[test]
fn freeze_publishes_exactly_the_scope() -> Result<(), ParamError> {
    let keys = || {
        std::thread::spawn(|| {
            let view = snapshot();
            view.keys()
                .filter(|key| key.starts_with("exact."))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .join()
        .unwrap()
    };
    let _published = PUBLISHING.lock();
    with_params! {
        set exact.request = 1;
        ParamScope::from_texts(["exact.a=1"])?.freeze();
        assert_eq!(keys(), ["exact.a"]);
        let guard = ParamScope::from_texts(["exact.b=1"])?.enter();
        guard.set("exact.c", 2)?;
        guard.freeze();
        assert_eq!(keys(), ["exact.b", "exact.c"]);
        ParamScope::capture().freeze();
        assert_eq!(keys(), ["exact.b", "exact.c", "exact.request"]);
        ParamScope::new().freeze();
        assert!(keys().is_empty());
    }
    Ok(())
}
