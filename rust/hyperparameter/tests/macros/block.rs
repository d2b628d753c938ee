//! The block of `with_params!`: its value, its scope and its exits.

use std::panic::catch_unwind;

use hyperparameter::*;

use crate::value_of;

/// A block is an expression. Its value is that of its last expression.
#[test]
fn the_block_is_an_expression() {
    let doubled = 2 * with_params! { set a = 3; get a = a or 0; a } + 1;
    assert_eq!(doubled, 7);
    with_params! {}
    with_params! { set a = 1; };
    let text = with_params! { get a = a or "none"; a };
    assert_eq!(text, "none");
}

/// Blocks nest. The innermost scope wins, and each scope ends with its block.
#[test]
fn a_parameter_is_set_until_the_block_ends() {
    with_params! {
        set a.b = 1;
        with_params! {
            set a.b = 2;
            set a.c = 2;
            assert_eq!((value_of("a.b"), value_of("a.c")), (2, 2));
        }
        assert_eq!((value_of("a.b"), value_of("a.c")), (1, 0));
        set a.b = value_of("a.b") + 10;
        assert_eq!(value_of("a.b"), 11);
    }
    assert_eq!(value_of("a.b"), 0);
}

/// The statements of the macro also work in the blocks inside its block.
#[test]
fn statements_work_in_inner_blocks() {
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
        with_params! { set b = 4; { params ParamScope::empty(); assert_eq!(value_of("b"), 0); } value_of("b") }
    });
    assert_eq!(passed, 4);
}

/// In a block that only reads, code that sets a parameter sets it in the scope around the block.
#[test]
fn a_block_that_only_reads_is_not_a_scope() {
    with_params! {
        set a = 1;
        with_params! {
            get a = a or 0;
            ParamScope::current().set("a", a + 1).unwrap();
        }
        assert_eq!(value_of("a"), 2);
    }
}

/// A function, a closure and an `async` block have a scope of their own for what they set.
#[test]
fn a_function_in_a_block_has_its_own_scope() {
    let later = with_params! {
        set a = 1;
        let closure = |more: i64| -> i64 {
            set a = value_of("a") + more;
            value_of("a")
        };
        fn inner() -> i64 {
            with_params! { set b = 5; value_of("b") }
        }
        let future = async move {
            set a = 7;
            std::future::ready(()).await;
            value_of("a")
        };
        assert_eq!((closure(2), closure(2), inner(), value_of("a"), value_of("b")), (3, 3, 5, 1, 0));
        assert_eq!((futures::executor::block_on(future), value_of("a")), (7, 1));
        move || { set a = 9; value_of("a") }
    };
    assert_eq!((later(), value_of("a")), (9, 0));
}

/// `return`, `break`, `continue`, `?` and panics leave the scope.
#[test]
fn every_exit_leaves_the_scope() {
    fn returns() -> i64 {
        with_params! { set a = 1; return value_of("a"); }
    }
    fn tries(text: &str) -> Result<i64, std::num::ParseIntError> {
        with_params! { set a = 1; Ok(text.parse::<i64>()? + value_of("a")) }
    }
    assert_eq!(returns(), 1);
    assert_eq!(value_of("a"), 0);
    assert_eq!(tries("1"), Ok(2));
    assert!(tries("x").is_err());
    assert_eq!(value_of("a"), 0);
    let broken = 'outer: loop {
        for number in 0.. {
            with_params! {
                set a = number;
                if number < 3 {
                    continue;
                }
                break 'outer value_of("a");
            }
        }
    };
    assert_eq!((broken, value_of("a")), (3, 0));
    let panicked =
        catch_unwind(|| with_params! { set a = 1; params ParamScope::new(); panic!("on purpose") });
    assert!(panicked.is_err());
    assert_eq!(value_of("a"), 0);
}
