//! Types that have a conversion of their own, and whole configurations.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use hyperparameter::*;
use serde::Deserialize;

/// A duration is read from numbers with units, which add up, or from a number of seconds.
#[test]
fn a_duration_is_read_from_numbers_with_units() {
    let cases = [
        ("30s", 30_000),
        ("1h 30m", 5_400_000),
        ("1h30min", 5_400_000),
        ("250ms", 250),
        ("1.5 s", 1_500),
        ("2d", 172_800_000),
        ("1w", 604_800_000),
        ("2000us", 2),
        ("3000 µs 1000000ns", 4),
        ("0.25", 250),
        ("7", 7_000),
    ];
    for (text, milliseconds) in cases {
        let view = ParamScope::from_texts([format!("t={text}")])
            .unwrap()
            .snapshot();
        assert_eq!(
            view.get("t", Duration::ZERO),
            Duration::from_millis(milliseconds),
            "{text}"
        );
    }
    with_params! {
        set stored = Duration::from_secs(3);
        set seconds = 0.5;
        assert_eq!(get_param!(stored, Duration::ZERO), Duration::from_secs(3));
        assert_eq!(get_param!(seconds, Duration::ZERO), Duration::from_millis(500));
        assert_eq!(get_param!(missing, Duration::from_secs(9)), Duration::from_secs(9));
    }
}

/// Anything else is no duration.
#[test]
fn a_wrong_duration_is_refused() {
    for text in [
        "",
        "s",
        "1x",
        "1",
        "-1s",
        "1 2s",
        "1s 2",
        "1.2.3s",
        "99999999999999999999w",
        "-1",
        "inf",
    ] {
        let view = ParamScope::from_texts([format!("t={text}")])
            .unwrap()
            .snapshot();
        assert_eq!(view.require::<Duration>("t").is_ok(), text == "1", "{text}");
    }
    let view = ParamScope::from_texts(["t=1 hour"]).unwrap().snapshot();
    let error = view.require::<Duration>("t").unwrap_err().to_string();
    assert!(
        error.contains("is not a valid duration: write numbers with units"),
        "{error}"
    );
}

/// A type with `FromStr` is read by the wrapper `Parsed`.
#[test]
fn a_type_with_from_str_is_parsed() {
    let default: SocketAddr = ([127, 0, 0, 1], 80).into();
    with_params! {
        set a = "10.0.0.1:8080";
        set b = default;
        set c = "localhost";
        assert_eq!(get_param!(a, Parsed(default)).0, SocketAddr::from(([10, 0, 0, 1], 8080)));
        assert_eq!((get_param!(b, Parsed(default)).0, get_param!(d, Parsed(default)).0), (default, default));
        let error = try_get_param!(c, Parsed(default)).unwrap_err();
        assert_eq!((error.wanted(), error.key()), (Some("SocketAddr"), "c"));
    }
}

#[derive(Debug, PartialEq, Deserialize)]
struct Config {
    name: String,
    #[serde(default)]
    train: BTreeMap<String, f64>,
}

/// The empty key reads the whole view into a struct. Its errors have the keys of the parameters.
#[test]
fn the_empty_key_reads_the_whole_view() -> Result<(), ParamError> {
    let view = ParamScope::from_texts(["name=x", "train.lr=1"])?.snapshot();
    let train = BTreeMap::from([("lr".to_owned(), 1.0)]);
    let name = "x".to_owned();
    assert_eq!(view.deserialize::<Config>("")?, Config { name, train });
    let view = ParamScope::from_texts(["name=x", "train.lr=fast"])?.snapshot();
    let error = view.deserialize::<Config>("").unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("'train.lr' = 'fast' is not a valid float (set at "),
        "{error}"
    );
    let error = ParamScope::empty()
        .snapshot()
        .deserialize::<Config>("")
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "'name' is not set, and it has no default"
    );
    let all = ParamScope::empty()
        .snapshot()
        .deserialize::<BTreeMap<String, i64>>("")?;
    assert!(all.is_empty());
    Ok(())
}
