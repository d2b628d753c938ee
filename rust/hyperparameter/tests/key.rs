//! Keys: quoted segments, and the limits.

use std::collections::BTreeMap;

use hyperparameter::*;

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

/// A key has one spelling: quotes that are not needed do not make another key.
#[test]
fn quotes_that_are_not_needed_do_not_make_another_key() -> Result<(), ParamError> {
    let view =
        ParamScope::from_texts([r#""train"."l\u0072"=1"#, r#"hosts."10.0.0.1"=2"#])?.snapshot();
    assert_eq!(
        view.keys().collect::<Vec<_>>(),
        [r#"hosts."10.0.0.1""#, "train.lr"]
    );
    assert_eq!(view.get(r#"train."lr""#, 0), 1);
    assert!(view.contains(r#""train".lr"#) && view.value(r#""hosts"."10.0.0.1""#).is_some());
    assert_eq!(
        view.subtree(r#""hosts""#).unwrap().to_string(),
        "{'10.0.0.1': '2'}"
    );
    Ok(())
}

/// In a macro a string literal is a segment if other segments follow it or come before it, and a key if it is alone.
#[test]
fn a_segment_in_a_macro_can_be_a_string_literal() {
    with_params! {
        set logging."sqlalchemy.engine".level = 1;
        set "a.b".c = 2;
        set "x.y" = 3;
        set plain."name" = 4;
        set s."q\"\\\n\u{1}" = 5;
        get level = logging."sqlalchemy.engine".level or 0;
        assert_eq!((level, get_param!("a.b".c, 0), get_param!(x.y, 0)), (1, 2, 3));
        assert_eq!(get_param!("logging.\"sqlalchemy.engine\".level", 0), 1);
        assert_eq!((get_param!(plain.name, 0), get_param!(s."q\"\\\n\u{1}", 0)), (4, 5));
        let keys: Vec<String> = snapshot().keys().map(str::to_owned).collect();
        assert_eq!(keys, [
            r#""a.b".c"#, r#"logging."sqlalchemy.engine".level"#, "plain.name", r#"s."q\"\\\n\u0001""#, "x.y",
        ]);
    }
}

/// A key of a source can have several segments. A key of a nested mapping is one segment, and so is an integer.
#[test]
fn a_key_of_a_nested_mapping_is_one_segment() -> Result<(), Box<dyn std::error::Error>> {
    let file: toml::Table =
        "'a.b' = 1\n[loggers]\n'sqlalchemy.engine' = 2\n'' = 3\n'a=b' = 4\n' c' = 5".parse()?;
    let view = ParamScope::from_serialize(&file)?.snapshot();
    let keys = [
        "a.b",
        r#"loggers." c""#,
        r#"loggers."""#,
        r#"loggers."a=b""#,
        r#"loggers."sqlalchemy.engine""#,
    ];
    assert_eq!(view.keys().collect::<Vec<_>>(), keys);
    let loggers: BTreeMap<String, i64> = view.require("loggers")?;
    assert_eq!(
        loggers.keys().collect::<Vec<_>>(),
        ["", " c", "a=b", "sqlalchemy.engine"]
    );
    let copy = ParamScope::from_serialize(&view)?.snapshot();
    assert_eq!(copy, view);
    with_params! {
        set map = BTreeMap::from([("x.y", BTreeMap::from([(1, 2)]))]);
        assert_eq!(get_param!(map."x.y".1, 0), 2);
    }
    Ok(())
}
