//! The scopes and the writes of one thread are not visible in another.

use std::thread;

use hyperparameter::*;

use crate::at_once;

/// Return the three parameters that the next test reads.
fn isolated() -> (i64, i64, i64) {
    with_params! {
        get outer = isolated.outer or -1;
        get inner = isolated.inner or -1;
        get written = isolated.written or -1;
        (outer, inner, written)
    }
}

/// A thread sees only its own scopes and its own writes.
#[test]
fn threads_see_only_their_own_scopes() {
    at_once(|number| {
        for round in 0..1000 {
            assert_eq!(isolated(), (-1, -1, -1));
            with_params! {
                set isolated.outer = number;
                let outer = ParamScope::current();
                with_params! {
                    set isolated.inner = number * 1000 + round;
                    assert_eq!(isolated(), (number, number * 1000 + round, -1));
                    outer.set("isolated.written", round).unwrap();
                    assert_eq!(isolated(), (number, number * 1000 + round, round));
                }
                assert_eq!(isolated(), (number, -1, round));
            }
        }
    });
}

/// A write outside every scope is visible in its thread only, on top of the baseline, until the thread ends.
#[test]
fn ambient_writes_stay_in_their_thread() {
    at_once(|number| {
        let ambient = ParamScope::current();
        assert_eq!(get_param!(ambient.number, -1), -1);
        ambient.set("ambient.number", number).unwrap();
        for _ in 0..1000 {
            assert_eq!(get_param!(ambient.number, -1), number);
            with_params! {
                set ambient.other = number;
                assert_eq!(get_param!(ambient.number, -1), number);
            }
        }
        thread::spawn(|| assert_eq!(get_param!(ambient.number, -1), -1))
            .join()
            .unwrap();
        ambient.delete("ambient.number").unwrap();
        assert_eq!(get_param!(ambient.number, -1), -1);
    });
}

/// Many threads can enter one scope at once, and again within itself. A write of one thread is not visible to the others.
#[test]
fn one_scope_can_be_entered_by_many_threads() {
    let scope = ParamScope::from_texts(["shared.a=1", "shared.b=1"]).unwrap();
    at_once(|number| {
        for _ in 0..1000 {
            let outer = scope.enter();
            outer.set("shared.b", number).unwrap();
            assert_eq!(
                (get_param!(shared.a, 0), get_param!(shared.b, -1)),
                (1, number)
            );
            {
                let _inner = scope.enter();
                assert_eq!((get_param!(shared.a, 0), get_param!(shared.b, -1)), (1, 1));
            }
            assert_eq!(get_param!(shared.b, -1), number);
            drop(outer);
            assert_eq!((get_param!(shared.a, 0), get_param!(shared.b, -1)), (0, -1));
        }
    });
}

/// A new thread starts from the baseline, not from the scopes of the thread that started it.
#[test]
fn a_new_thread_starts_from_the_baseline() {
    with_params! {
        set fresh.a = 1;
        thread::scope(|threads| {
            threads.spawn(|| assert_eq!(get_param!(fresh.a, 0), 0));
        });
    }
}

/// A scope that only another thread has entered refuses writes, and leaving it does nothing.
#[test]
fn a_scope_of_another_thread_is_not_entered() {
    let scope = ParamScope::from_texts(["elsewhere.a=1"]).unwrap();
    let _entered = scope.enter();
    let clone = scope.clone();
    thread::spawn(move || {
        let error = clone.set("elsewhere.a", 2).unwrap_err();
        assert_eq!(error.kind(), ParamErrorKind::NotEntered);
        clone.leave();
        assert_eq!(get_param!(elsewhere.a, 0), 0);
    })
    .join()
    .unwrap();
    assert_eq!(get_param!(elsewhere.a, 0), 1);
}
