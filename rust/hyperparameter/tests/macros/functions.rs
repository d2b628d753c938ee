//! Functions, closures and `async` blocks inside `with_params!`: each has a scope of its own for what it sets.

#![allow(
    clippy::redundant_closure_call,
    clippy::undocumented_unsafe_blocks,
    clippy::nonminimal_bool
)]

use futures::executor::block_on;
use hyperparameter::*;

use crate::value_of;

/// The body of a closure need not be a block: what it sets is set until the closure ends.
#[test]
fn a_closure_with_any_body_has_its_own_scope() {
    with_params! {
        let by_if = |on: bool| if on { set a = 1; value_of("a") } else { 0 };
        let by_match = |on: bool| match on { true => { set a = 2; value_of("a") } false => 0 };
        let by_loop = || loop { set a = 3; if value_of("a") == 3 { break 3; } };
        #[allow(unsafe_code, unused_unsafe)]
        let by_unsafe = || unsafe { set a = 4; std::hint::black_box(value_of("a")) };
        let labelled = || 'block: { set a = 5; if value_of("a") == 5 { break 'block 5; } 0 };
        let typed = |more: i64| -> i64 { set a = 6; value_of("a") + more };
        let in_call = || std::convert::identity({ set a = 7; value_of("a") });
        let with_operator = |on: bool| match on { true => { set a = 8; value_of("a") } false => 0 } + 1;
        let by_move = move || { set a = 9; value_of("a") };
        let nested = || || { set a = 10; value_of("a") };
        assert_eq!((by_if(true), value_of("a")), (1, 0));
        assert_eq!((by_match(true), value_of("a")), (2, 0));
        assert_eq!((by_loop(), value_of("a")), (3, 0));
        assert_eq!((by_unsafe(), value_of("a")), (4, 0));
        assert_eq!((labelled(), value_of("a")), (5, 0));
        assert_eq!((typed(1), value_of("a")), (7, 0));
        assert_eq!((in_call(), value_of("a")), (7, 0));
        assert_eq!((with_operator(true), value_of("a")), (9, 0));
        assert_eq!((by_move(), value_of("a")), (9, 0));
        assert_eq!((nested()(), value_of("a")), (10, 0));
    }
}

/// An `async` closure and an `async` block have a scope that they enter at each poll.
#[test]
fn an_async_function_has_its_own_scope() {
    let futures = with_params! {
        let by_if = async |on: bool| if on {
            set a = 1;
            std::future::ready(()).await;
            value_of("a")
        } else {
            0
        };
        let block = async { set a = 2; std::future::ready(()).await; value_of("a") };
        let returned = |on: bool| async move { if on { set a = 3; } std::future::ready(()).await; value_of("a") };
        async fn function() -> i64 {
            set a = 4;
            std::future::ready(()).await;
            value_of("a")
        }
        async move { (by_if(true).await, block.await, returned(true).await, function().await, value_of("a")) }
    };
    assert_eq!(block_on(futures), (1, 2, 3, 4, 0));
}

/// A block after `|`, and one in a statement with `fn` or `->`, belongs to the block around it.
#[test]
fn a_block_that_only_looks_like_a_function_is_none() {
    with_params! {
        let mask = 1 | { set a = 2; value_of("a") };
        assert_eq!((mask, value_of("a")), (3, 2));
        let either = false || { set a = 3; true };
        assert_eq!((either, value_of("a")), (true, 3));
        let pointer: fn(i64) -> i64 = { set a = 4; |x| x };
        assert_eq!((pointer(1), value_of("a")), (1, 4));
        let boxed: Box<dyn Fn() -> i64> = if pointer(1) == 1 { set a = 5; Box::new(|| 1) } else { Box::new(|| 2) };
        assert_eq!((boxed(), value_of("a")), (1, 5));
        match 1 { 1 | 2 => { set a = 6; } _ => {} }
        assert_eq!(value_of("a"), 6);
    }
    assert_eq!(value_of("a"), 0);
}

/// A function and a method can set parameters, too.
#[test]
fn items_have_their_own_scope() {
    with_params! {
        struct Model;
        trait Size {
            fn size(&self) -> i64 { set a = 1; value_of("a") }
        }
        impl Size for Model {}
        impl Model {
            fn width(&self) -> i64 { if true { set a = 2; } value_of("a") }
        }
        fn depth() -> i64 { set a = 3; value_of("a") }
        assert_eq!((Model.size(), Model.width(), depth(), value_of("a")), (1, 2, 3, 0));
    }
}

/// A statement can have attributes. `#[cfg]` removes it.
#[test]
fn a_statement_under_a_false_cfg_is_removed() {
    with_params! {
        /// A comment.
        #[cfg(test)] set a = 1;
        #[cfg(not(test))] set a = 2;
        #[allow(unused)] set c = 4;
        #[cfg(not(test))] params ParamScope::empty();
        #[cfg(test)] params ParamScope::from_texts(["b=3"]).unwrap();
        assert_eq!((value_of("a"), value_of("b"), value_of("c")), (1, 3, 4));
    }
}

/// Leading settings are evaluated in order: a later value sees the settings before it, and a later setting wins.
#[test]
fn leading_settings_take_effect_in_order() {
    let (rate, pair) = (0.5, (7, 8));
    with_params! {
        set a = 1;
        set b = rate;
        set c = -2;
        set a = pair.0;
        set d = [pair.1, 9];
        set e = value_of("a") + 1;
        assert_eq!((value_of("a"), get_param!(b, 0.0), value_of("c"), value_of("e")), (7, 0.5, -2, 8));
        assert_eq!(get_param!(d, vec![0]), [8, 9]);
        let line = snapshot().origin("c").unwrap().line();
        assert_eq!(line, snapshot().origin("b").unwrap().line() + 1);
    }
    with_params! {
        set m.x = 1;
        set m = "text";
        set n = std::collections::BTreeMap::from([("y", 2)]);
        assert_eq!((value_of("m.x"), value_of("n.y")), (0, 2));
    }
}
