//! The syntax of statements and keys, and the plain Rust around them.

use std::collections::HashSet;

use hyperparameter::*;

use crate::value_of;

/// An `@` before a statement changes nothing.
#[test]
fn statements_can_start_with_an_at() {
    let scope = ParamScope::from_texts(["c=3"]).unwrap();
    with_params! {
        @set a.b = 1;
        @params &scope;
        @get ab = a.b or 0;
        @get c: u8 = c or 0;
        assert_eq!((ab, c), (1, 3));
    }
}

/// A segment is a name, a keyword or a number. A key can also be a string literal.
#[test]
fn segments_are_names_keywords_and_numbers() {
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

/// A type whose fields and methods are named like the statements.
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

/// A macro that is named like a statement.
macro_rules! params {
    ($x:expr) => {
        $x
    };
}

/// Variables, methods, functions and macros named `get`, `set` or `params` are plain Rust.
#[test]
#[allow(unused_must_use)]
fn other_things_can_be_named_like_the_statements() {
    fn get(x: i64) -> i64 {
        x
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

/// The user's expressions do not see the names that the macros declare, and the macros do not see the user's names.
#[test]
fn the_names_of_the_macros_are_hidden() {
    const KEY: i64 = 5;
    const ANSWER: i64 = 6;
    let (value, default, _block) = (1, 2, 3);
    with_params! {
        set a = KEY + value;
        set b = default + _block;
        get a = a or ANSWER + default;
        get c = c or ANSWER + value + KEY;
        assert_eq!((a, value_of("b"), c), (6, 5, 12));
    }
}

/// Another macro can contain these macros, and pass its arguments on to them.
#[test]
fn other_macros_can_contain_the_macros() {
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

/// An expression that another macro passes on keeps its precedence.
#[test]
fn an_argument_of_another_macro_stays_one_expression() {
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
