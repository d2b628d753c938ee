//! The errors of reading and setting.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use hyperparameter::*;

/// `get_param!` and `get` panic with the text of the error of `try_get_param!`. It names the line that set the value.
#[test]
fn a_value_that_cannot_be_converted_is_an_error() {
    with_params! {
        set train.lr = "fast"; let line = line!();
        let error = try_get_param!(train.lr, 0.1).unwrap_err();
        let text = format!("'train.lr' = 'fast' is not a valid float (set at {}:{line})", file!());
        assert_eq!(error.to_string(), text);
        assert_eq!(error.origin().map(std::panic::Location::line), Some(line));
        let panicked = catch_unwind(|| get_param!(train.lr, 0.1)).unwrap_err();
        assert_eq!(panicked.downcast_ref::<String>(), Some(&text));
        let panicked = catch_unwind(|| with_params! { get lr = train.lr or 1; lr }).unwrap_err();
        assert_eq!(panicked.downcast_ref::<String>(), Some(&text.replace("float", "int")));
        let again = try_get_param!(train.lr, 0.1).unwrap_err();
        assert_eq!(again.to_string(), text);
    }
    with_params! {
        set a = 300; set b = -1; set c = 0.5; set d = u64::MAX;
        let errors = [
            try_get_param!(a, 0u8).unwrap_err(),
            try_get_param!(b, 0u64).unwrap_err(),
            try_get_param!(c, 0i64).unwrap_err(),
            try_get_param!(d, 0i64).unwrap_err(),
        ];
        let details = errors.each_ref().map(|error| error.detail().unwrap_or_default());
        assert_eq!(details, [
            "u8 holds 0 to 255",
            "u64 holds 0 to 18446744073709551615",
            "it is not a whole number",
            "i64 holds -9223372036854775808 to 9223372036854775807",
        ]);
    }
}

/// `try_get_param!` without a default is an error if the parameter is not set.
#[test]
fn a_parameter_without_a_default_has_to_be_set() {
    let missing: Result<f64, ParamError> = try_get_param!(train.lr);
    assert_eq!(missing.unwrap_err().kind(), ParamErrorKind::Missing);
    with_params! {
        set train.lr = 0.5;
        assert_eq!(try_get_param!(train.lr).ok(), Some(0.5));
        let near: Result<f64, ParamError> = try_get_param!(train.lrr);
        assert_eq!(near.unwrap_err().nearest(), ["train.lr"]);
    }
}

/// `set` panics if a map makes a key with too many segments, and sets nothing.
#[test]
fn a_map_that_is_nested_too_deeply_sets_nothing() {
    let deep = (0..300).fold(Value::from(1), |value, _| {
        Value::from(BTreeMap::from([("x", value)]))
    });
    with_params! {
        set model.a = 1;
        let panicked = catch_unwind(AssertUnwindSafe(|| with_params! { set model = deep.clone(); })).unwrap_err();
        let text = panicked.downcast_ref::<String>().map(String::as_str).unwrap_or_default();
        assert!(text.ends_with("is not a valid key: it has more than 256 segments"), "{text}");
        assert_eq!(snapshot().len(), 1);
    }
}

/// The panic of a read names the line of its key, not that of the block around it.
#[test]
fn a_panic_is_at_the_line_of_the_key() {
    use std::sync::{Arc, Mutex};

    let line = Arc::new(Mutex::new(0));
    let seen = line.clone();
    let previous = std::panic::take_hook();
    let thread = std::thread::current().id();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().id() != thread {
            return;
        }
        *seen.lock().unwrap() = panic.location().map_or(0, std::panic::Location::line);
    }));
    let expected = line!() + 3;
    let result = std::panic::catch_unwind(|| {
        with_params! { set train.lr = "fast";
            get _lr = train.lr or 0.1;
        }
    });
    std::panic::set_hook(previous);
    assert!(result.is_err());
    assert_eq!(*line.lock().unwrap(), expected);
}
