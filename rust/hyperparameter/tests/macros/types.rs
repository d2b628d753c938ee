//! The types that parameters are read and set as.

use std::collections::BTreeMap;

use hyperparameter::*;

use crate::value_of;

/// A type that no value converts to.
#[derive(Clone, Debug, PartialEq)]
struct Schedule(Vec<f64>);

/// A type that serde can deserialize.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Fast,
    Slow { steps: u32 },
}

/// A parameter is read as the type of the default, as the compiler infers it, or as the annotated type.
#[test]
fn the_default_or_the_annotation_is_the_type() {
    fn of_i64(number: i64) -> i64 {
        number
    }
    with_params! {
        set n = "3";
        get inferred = n or 1;
        get float = n or 0.5;
        get narrow: f32 = n or 0.5;
        get text = n or "none";
        get owned: String = n or "none";
        get flag = "flag" or false;
        get optional: Option<u8> = n or None;
        get list = list or vec![1.5];
        get pair = pair or (1, "x".to_owned());
        get mut changed = n or 0;
        changed += 1;
        assert_eq!((of_i64(inferred), float, narrow, changed), (3, 3.0, 3.0, 4));
        assert_eq!((text.as_str(), owned.as_str(), flag, optional), ("3", "3", false, Some(3)));
        assert_eq!((list, pair), (vec![1.5], (1, "x".to_owned())));
    }
    let borrowed = String::from("b");
    assert_eq!(get_param!(text, borrowed.as_str()), "b");
}

/// A default without a type of its own gets the type that the result is used as.
#[test]
fn the_expected_type_is_inferred_for_the_default() {
    with_params! {
        set n = "3";
        let default: i64 = get_param!(n, Default::default());
        let parsed: u8 = get_param!(n, "1".parse().unwrap());
        assert_eq!((default, parsed), (3, 3));
    }
}

/// A type that serde can deserialize is read by serde. Another type is read only as it was set.
#[test]
fn user_types_are_read_by_serde_or_as_they_are() {
    with_params! {
        set mode = "fast";
        set schedule = Schedule(vec![0.1]);
        get mode = mode or Mode::Slow { steps: 1 };
        get schedule = schedule or Schedule(vec![]);
        assert_eq!((mode, schedule), (Mode::Fast, Schedule(vec![0.1])));
    }
    with_params! {
        set mode.slow.steps = "20";
        get mode = mode or Mode::Fast;
        assert_eq!(mode, Mode::Slow { steps: 20 });
    }
    with_params! {
        set mode = Mode::Slow { steps: 3 };
        get mode = mode or Mode::Fast;
        assert_eq!(mode, Mode::Slow { steps: 3 });
    }
    with_params! {
        set schedule = 3;
        let error = try_get_param!(schedule, Schedule(vec![])).unwrap_err();
        assert_eq!(error.wanted(), Some("Schedule"));
        set mode.slow.step = 3;
        let error = try_get_param!(mode, Mode::Fast).unwrap_err().to_string();
        assert!(error.starts_with("'mode.slow.step' is not a field; did you mean 'steps'? (set at "), "{error}");
    }
}

/// Options of user types are read. References, maps with integer keys and scope guards are accepted.
#[test]
fn options_references_and_integer_keys() {
    with_params! {
        set mode = Mode::Fast;
        set text = "slow";
        set none = "none";
        set layers = BTreeMap::from([(0, 1.5), (1, 2.5)]);
        set list = &[1, 2];
        set number = &5;
        let slow = Some(Mode::Slow { steps: 1 });
        assert_eq!(get_param!(mode, slow.clone()), Some(Mode::Fast));
        assert_eq!(get_param!(none, slow.clone()), None);
        assert_eq!(get_param!(other, slow.clone()), slow);
        assert!(try_get_param!(text, slow.clone()).is_err());
        assert_eq!((get_param!(layers.0, 0.0), get_param!(layers.1, 0.0)), (1.5, 2.5));
        assert_eq!((get_param!(list, vec![0]), get_param!(number, 0)), (vec![1, 2], 5));
    }
    let entered = ParamScope::new().enter();
    entered.set("a", 1).unwrap();
    with_params! { params &entered; assert_eq!(value_of("a"), 1); }
}

/// A map sets one key for each of its items.
#[test]
fn a_map_sets_one_key_per_item() {
    with_params! {
        set model = BTreeMap::from([("dim", 8), ("depth", 2)]);
        set model.depth = 3;
        get dim = model.dim or 0;
        get all = model or BTreeMap::<String, i64>::new();
        assert_eq!(dim, 8);
        assert_eq!(all, BTreeMap::from([("depth".to_owned(), 3), ("dim".to_owned(), 8)]));
    }
}

/// One read in a generic function returns a value of each type that it is called with.
#[test]
fn one_read_in_a_generic_function_returns_each_type() {
    fn read<T: FromValue>(default: T) -> T {
        get_param!(g, default)
    }
    with_params! {
        set g = "1";
        for _ in 0..2 {
            assert_eq!((read(0i64), read(0.5), read(false), read(String::new())), (1, 1.0, true, "1".to_owned()));
        }
    }
    assert_eq!((read(0i64), read(vec![1i64])), (0, vec![1]));
    with_params! { set g.x = 1; assert_eq!((read(0i64), read(BTreeMap::<String, i64>::new()).len()), (0, 1)); }
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
struct Rate {
    lr: f64,
    steps: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
struct Named {
    name: String,
    #[serde(flatten)]
    rate: Rate,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Optimizer {
    Sgd { lr: f64 },
}

/// Serde buffers the values of flattened and tagged types before it knows their types. Untyped text still converts.
#[test]
fn untyped_text_converts_in_flattened_and_tagged_types() {
    let scope = ParamScope::from_texts([
        "a.name=7",
        "a.lr=0.5",
        "a.steps=none",
        "b.kind=sgd",
        "b.lr=1e-3",
        "c={\"kind\": \"sgd\", \"lr\": 1}",
    ]);
    let view = scope.unwrap().snapshot();
    let rate = Rate {
        lr: 0.5,
        steps: None,
    };
    assert_eq!(
        view.deserialize::<Named>("a").unwrap(),
        Named {
            name: "7".into(),
            rate
        }
    );
    assert_eq!(
        view.deserialize::<Optimizer>("b").unwrap(),
        Optimizer::Sgd { lr: 0.001 }
    );
    assert_eq!(
        view.deserialize::<Optimizer>("c").unwrap(),
        Optimizer::Sgd { lr: 1.0 }
    );
    let error = view.deserialize::<Optimizer>("a").unwrap_err();
    assert_eq!(
        error.to_string(),
        "'a.kind' is not set, and it has no default"
    );
}
