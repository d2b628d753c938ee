//! What can be written in `with_params!`, `get_param!` and `try_get_param!`, and what it does.

// What the macros pass on is plain Rust of every kind, clumsy kinds too.
#![allow(
    clippy::let_and_return,
    clippy::manual_retain,
    clippy::needless_return,
    clippy::no_effect
)]

use std::collections::{BTreeMap, HashSet};
use std::panic::catch_unwind;

use hyperparameter::*;

fn seen(key: &str) -> i64 {
    snapshot().get(key, 0)
}

/// A value of the user's own, that nothing converts to.
#[derive(Clone, Debug, PartialEq)]
struct Schedule(Vec<f64>);

#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Fast,
    Slow { steps: u32 },
}

/// The block is an expression, of the value of its last one.
#[test]
fn the_block_is_an_expression() {
    let doubled = 2 * with_params! { set a = 3; get a = a or 0; a } + 1;
    assert_eq!(doubled, 7);
    with_params! {}
    with_params! { set a = 1; };
    let text = with_params! { get a = a or "none"; a };
    assert_eq!(text, "none");
}

/// Scopes nest, the inner wins, and each is left at its end.
#[test]
fn what_is_set_lasts_until_the_block_is_left() {
    with_params! {
        set a.b = 1;
        with_params! {
            set a.b = 2;
            set a.c = 2;
            assert_eq!((seen("a.b"), seen("a.c")), (2, 2));
        }
        assert_eq!((seen("a.b"), seen("a.c")), (1, 0));
        set a.b = seen("a.b") + 10;
        assert_eq!(seen("a.b"), 11);
    }
    assert_eq!(seen("a.b"), 0);
}

/// A `@` before a statement changes nothing.
#[test]
fn statements_can_have_an_at() {
    let scope = ParamScope::from_texts(["c=3"]).unwrap();
    with_params! {
        @set a.b = 1;
        @params &scope;
        @get ab = a.b or 0;
        @get c: u8 = c or 0;
        assert_eq!((ab, c), (1, 3));
    }
}

/// Segments are names, keywords and numbers; a key can be a literal.
#[test]
fn keys_of_every_kind() {
    with_params! {
        set model.type = 1;
        set type.match.self = 2;
        set layers.0.size = 3;
        set layers.0.1.2 = 4;
        set 7.x = 5;
        set "batch-size.größe" = 6;
        set r#fn.r#loop = 7;
        set if = 8;
        set Self.crate = 9;
        get model = model.type or 0;
        get keyword = type.match.self or 0;
        get size = layers.0.size or 0;
        get numbers = layers.0.1.2 or 0;
        get literal = "batch-size.größe" or 0;
        assert_eq!((model, keyword, size, numbers, literal), (1, 2, 3, 4, 6));
        assert_eq!(get_param!(7.x, 0), 5);
        assert_eq!(get_param!(if, 0) + get_param!(Self.crate, 0), 17);
    }
    let keys = with_params! {
        set layers.0.1.2 = 1; set r#fn.x = 1; set "a b.c" = 1; set or.or = 1;
        get or = or.or or 0;
        assert_eq!(or, 1);
        snapshot().keys().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(keys, ["a b.c", "fn.x", "layers.0.1.2", "or.or"]);
}

/// The type is that of the default, as far as the compiler knows it, or the annotation.
#[test]
fn the_type_is_what_is_asked_for() {
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

/// What serde can make is read by serde, and what it cannot as it was set.
#[test]
fn types_of_the_users_own() {
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
        assert!(error.contains("(at 'mode.slow.step': no such field; nearest: 'steps')"), "{error}");
    }
}

/// A mapping that is set is keys of its own.
#[test]
fn mappings_flatten() {
    with_params! {
        set model = BTreeMap::from([("dim", 8), ("depth", 2)]);
        set model.depth = 3;
        get dim = model.dim or 0;
        get all = model or BTreeMap::<String, i64>::new();
        assert_eq!(dim, 8);
        assert_eq!(all, BTreeMap::from([("depth".to_owned(), 3), ("dim".to_owned(), 8)]));
    }
}

/// Statements of ours stand in any block within.
#[test]
fn statements_stand_in_inner_blocks() {
    let fast = true;
    let total: i64 = with_params! {
        set a = 1;
        if fast {
            set a = 2;
        }
        let read = || {
            get a = a or 0;
            a
        };
        match fast {
            true => { get a: i64 = a or 0; a * 10 + read() }
            false => 0,
        }
    };
    assert_eq!(total, 22);
    let passed = std::convert::identity({
        with_params! { set b = 4; { params ParamScope::empty(); assert_eq!(seen("b"), 0); } seen("b") }
    });
    assert_eq!(passed, 4);
}

/// Variables, methods, functions and macros called like the statements are plain Rust.
#[test]
#[allow(
    unused_must_use,
    clippy::let_and_return,
    clippy::manual_retain,
    clippy::no_effect
)] // on purpose
fn other_things_have_these_names_too() {
    struct Store {
        set: i64,
        get: i64,
    }
    impl Store {
        fn set(&mut self, to: i64) -> &mut Self {
            self.set = to;
            self
        }
        fn get(&self) -> i64 {
            self.get
        }
        fn params(&self) -> [i64; 1] {
            [self.set]
        }
    }
    fn get(x: i64) -> i64 {
        x
    }
    macro_rules! params {
        ($x:expr) => {
            $x
        };
    }
    let value = with_params! {
        set unrelated = 1;
        let mut set = HashSet::from([1]);
        set.insert(get(2));
        set = set.into_iter().filter(|x| *x > 1).collect();
        let mut params = 6u8;
        params &= 7;
        params += 1;
        params as u32;
        let list = [10, 20];
        let set_of = |set: &HashSet<i64>| set.len();
        set_of(&set);
        match set.len() {
            set if set > 3 => 0,
            get if get > 2 => 0,
            params if params > 1 => 0,
            _ => 1,
        };
        let mut store = Store { set: 1, get: get(5) };
        store
            .set(3)
            .get();
        get(1);
        params!(store.params());
        let get = list[0] + store.get() + i64::from(params & 3);
        get
    };
    assert_eq!(value, 18);
    assert_eq!(
        with_params! { set unrelated = 1; let params = 6; params & 3 },
        2
    );
}

/// `return`, `break`, `continue`, `?` and panics leave the scope.
#[test]
fn every_way_out_leaves_the_scope() {
    #[allow(clippy::needless_return)]
    fn returns() -> i64 {
        with_params! { set a = 1; return seen("a"); }
    }
    fn tries(text: &str) -> Result<i64, std::num::ParseIntError> {
        with_params! { set a = 1; Ok(text.parse::<i64>()? + seen("a")) }
    }
    assert_eq!(returns(), 1);
    assert_eq!(seen("a"), 0);
    assert_eq!(tries("1"), Ok(2));
    assert!(tries("x").is_err());
    assert_eq!(seen("a"), 0);
    let broken = 'outer: loop {
        for number in 0.. {
            with_params! {
                set a = number;
                if number < 3 {
                    continue;
                }
                break 'outer seen("a");
            }
        }
    };
    assert_eq!((broken, seen("a")), (3, 0));
    let panicked =
        catch_unwind(|| with_params! { set a = 1; params ParamScope::new(); panic!("on purpose") });
    assert!(panicked.is_err());
    assert_eq!(seen("a"), 0);
}

/// A block that only reads is no scope: what is set from within belongs to the scope around it.
#[test]
fn a_block_that_sets_nothing_is_no_scope() {
    with_params! {
        set a = 1;
        with_params! {
            get a = a or 0;
            ParamScope::current().set("a", a + 1).unwrap();
        }
        assert_eq!(seen("a"), 2);
    }
}

/// Nothing that the macros declare is seen by the user's expressions, nor the other way round.
#[test]
fn names_do_not_meet() {
    const KEY: i64 = 5;
    const ANSWER: i64 = 6;
    let (value, default, _block) = (1, 2, 3);
    with_params! {
        set a = KEY + value;
        set b = default + _block;
        get a = a or ANSWER + default;
        get c = c or ANSWER + value + KEY;
        assert_eq!((a, seen("b"), c), (6, 5, 12));
    }
}

/// The macros work in what other macros make, with what those are given.
#[test]
fn macros_make_them_too() {
    macro_rules! run {
        ($name:ident, $segment:ident, $value:expr, $default:expr) => {
            with_params! {
                set run.$segment = $value;
                get $name = run.$segment or $default;
                $name + get_param!(run.other, $default)
            }
        };
    }
    assert_eq!(run!(x, size, 1 + 2, 4), 7);

    macro_rules! passed_on {
        ($key:literal, $value:expr, $scope:expr) => {
            with_params! {
                set $key = $value;
                params $scope;
                get value = $key or 0;
                value
            }
        };
    }
    assert_eq!(passed_on!("run.size", 3, ParamScope::new()), 3);
    assert_eq!(passed_on!("run.size", 3, ParamScope::empty()), 0);
}

/// A generic function's place answers each type for itself.
#[test]
fn places_in_generic_functions() {
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

/// The error of `try_get_param!` is the text that `get_param!` and `get` panic with; both name the line that set.
#[test]
fn a_value_that_does_not_fit_is_told() {
    with_params! {
        set train.lr = "fast"; let line = line!();
        let error = try_get_param!(train.lr, 0.1).unwrap_err();
        let text = format!("'train.lr' = 'fast' does not fit: wanted float; set at {}:{line}", file!());
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

/// A parameter without default has to be set.
#[test]
fn a_required_parameter() {
    let missing: Result<f64, ParamError> = try_get_param!(train.lr);
    assert_eq!(missing.unwrap_err().kind(), ParamErrorKind::Missing);
    with_params! {
        set train.lr = 0.5;
        assert_eq!(try_get_param!(train.lr).ok(), Some(0.5));
        let near: Result<f64, ParamError> = try_get_param!(train.lrr);
        assert_eq!(near.unwrap_err().nearest(), ["train.lr"]);
    }
}

/// A mapping with a bad key cannot be set: the one panic of `set`, and nothing is set.
#[test]
fn a_mapping_with_a_bad_key_is_refused() {
    with_params! {
        set model.a = 1;
        let panicked = catch_unwind(|| with_params! { set model = BTreeMap::from([("b", 1), ("c..d", 2)]); }).unwrap_err();
        let text = "'c..d' is not a key: segment 2 is empty (beneath 'model')";
        assert_eq!(panicked.downcast_ref::<String>().map(String::as_str), Some(text));
        assert_eq!(snapshot().len(), 1);
    }
}

/// What has a help text is listed, from `get_param!` and from a doc comment on `get`.
#[test]
fn help_texts_are_gathered() {
    fn never_called() {
        let _ = get_param!(help.rate, 1e-3, "how fast");
        let _ = try_get_param!(help.steps, 100, "how long");
        let _ = get_param!(help.sizes, vec![0.01, -1.5], "how large");
        with_params! {
            /// Which one,
            /// of two.
            get kind = help.kind or "a";
            let _ = kind;
        }
    }
    let _ = never_called;
    let declared = declared_params();
    let found: Vec<_> = declared
        .iter()
        .map(|info| (info.key, info.default, info.help))
        .collect();
    assert_eq!(
        found,
        [
            ("help.kind", "\"a\"", "Which one,\nof two."),
            ("help.rate", "1e-3", "how fast"),
            ("help.sizes", "vec![0.01, -1.5]", "how large"),
            ("help.steps", "100", "how long"),
        ]
    );
    assert!(
        declared
            .iter()
            .all(|info| info.file.ends_with("macros.rs") && info.line > 0)
    );
    assert_eq!(
        generate_params_help(),
        "Parameters:\n  help.kind   Which one,\n              of two. [default: \"a\"]\n  \
         help.rate   how fast [default: 1e-3]\n  \
         help.sizes  how large [default: vec![0.01, -1.5]]\n  help.steps  how long [default: 100]"
    );
}

/// What a macro around ours passes on stays one expression.
#[test]
fn passed_on_expressions_hold_together() {
    macro_rules! around {
        ($value:expr) => {
            with_params! {
                set a = $value * 2;
                set b = -$value;
                get missing = c or $value * 2;
                let plain = $value * 2;
                let list = [$value, $value - 1];
                (get_param!(a, 0), get_param!(b, 0), missing, plain, get_param!(d, $value * 2), list)
            }
        };
    }
    assert_eq!(around!(1 + 2), (6, -3, 6, 6, 6, [3, 2]));
    assert_eq!(around!(7), (14, -7, 14, 14, 14, [7, 6]));
}

/// A function, closure or asynchronous block within has a scope of its own for what it sets.
#[test]
fn functions_within_are_scopes_of_their_own() {
    let later = with_params! {
        set a = 1;
        let closure = |more: i64| -> i64 {
            set a = seen("a") + more;
            seen("a")
        };
        fn inner() -> i64 {
            with_params! { set b = 5; seen("b") }
        }
        let future = async move {
            set a = 7;
            std::future::ready(()).await;
            seen("a")
        };
        assert_eq!((closure(2), closure(2), inner(), seen("a"), seen("b")), (3, 3, 5, 1, 0));
        assert_eq!((futures::executor::block_on(future), seen("a")), (7, 1));
        move || { set a = 9; seen("a") }
    };
    assert_eq!((later(), seen("a")), (9, 0));
}

/// A default that says nothing of its type is of the type that is wanted.
#[test]
fn the_wanted_type_reaches_the_default() {
    with_params! {
        set n = "3";
        let default: i64 = get_param!(n, Default::default());
        let parsed: u8 = get_param!(n, "1".parse().unwrap());
        assert_eq!((default, parsed), (3, 3));
    }
}

/// Options of types of the user's own, and what is borrowed.
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
    with_params! { params &entered; assert_eq!(seen("a"), 1); }
}

/// What serde looks at before it knows what is asked for takes text as what it says, where it has to.
#[test]
fn text_becomes_what_serde_buffers() {
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
    assert!(
        error.to_string().contains("does not fit: wanted Optimizer"),
        "{error}"
    );
}
