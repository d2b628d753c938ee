//! Bound closures, snapshots and captured scopes take a view to other threads.

use std::panic::{self, AssertUnwindSafe};
use std::thread;

use hyperparameter::*;
use rayon::prelude::*;

use crate::{THREADS, at_once};

/// A bound closure runs in the view of the moment of binding, in any thread, and many times at once.
#[test]
fn bound_closures_take_their_view_to_other_threads() {
    let bound = with_params! {
        set carried.a = 1;
        let bound = ParamScope::from_texts(["carried.b=2"]).unwrap().bind(|c: i64| {
            // The write of another call is not visible.
            assert_eq!(get_param!(carried.c, 0), 0);
            ParamScope::current().set("carried.c", c).unwrap();
            (get_param!(carried.a, 0), get_param!(carried.b, 0), get_param!(carried.c, 0))
        });
        // The closure does not see this write, because it comes after binding.
        ParamScope::current().set("carried.a", 10).unwrap();
        bound
    };
    at_once(|number| {
        with_params! {
            set carried.a = -1;
            for _ in 0..500 {
                assert_eq!(bound.call_with(number), (1, 2, number));
                assert_eq!((get_param!(carried.a, 0), get_param!(carried.b, 0)), (-1, 0));
            }
        }
    });
    let spawned = thread::spawn(move || (bound.call_with(7), get_param!(carried.a, 0)));
    assert_eq!(spawned.join().unwrap(), ((1, 2, 7), 0));
}

/// The threads of a pool run each bound closure in its own view, although they run other closures in between.
#[test]
fn bound_closures_take_their_view_to_a_pool() {
    at_once(|number| {
        let add = with_params! {
            set pool.number = number;
            ParamScope::new().bind(|item: i64| {
                let inner = with_params! {
                    set pool.item = item;
                    // A thread that waits in `join` runs other closures meanwhile, each in its own view.
                    let (first, second) = rayon::join(|| get_param!(pool.item, -1), || get_param!(pool.number, -1));
                    assert!(first == item || first == -1);
                    assert!((0..THREADS).contains(&second) || second == -1);
                    get_param!(pool.item, -1)
                };
                assert_eq!(get_param!(pool.item, -1), -1);
                get_param!(pool.number, -1) * 10_000 + inner
            })
        };
        let sums: Vec<i64> = (0..500)
            .into_par_iter()
            .map(|item| add.call_with(item))
            .collect();
        assert!(
            sums.into_iter()
                .eq((0..500).map(|item| number * 10_000 + item))
        );
        assert_eq!(get_param!(pool.number, -1), -1);
    });
    rayon::broadcast(|_| {
        assert_eq!(
            (get_param!(pool.number, -1), get_param!(pool.item, -1)),
            (-1, -1)
        );
    });
}

/// A panic in a bound closure restores the thread's view. The closure can be called again.
#[test]
fn a_bound_closure_that_panics_restores_the_view() {
    let bound = ParamScope::from_texts(["risky.a=1"])
        .unwrap()
        .bind(|panics: bool| {
            ParamScope::current().set("risky.a", 2).unwrap();
            if panics {
                panic::resume_unwind(Box::new(()));
            }
            get_param!(risky.a, 0)
        });
    for _ in 0..3 {
        let result = panic::catch_unwind(AssertUnwindSafe(|| bound.call_with(true)));
        assert!(result.is_err());
        assert_eq!(get_param!(risky.a, 0), 0);
        assert_eq!(bound.call_with(false), 2);
    }
}

/// A snapshot and a captured scope can be entered in other threads.
#[test]
fn views_can_be_entered_in_other_threads() {
    let (view, captured) = with_params! {
        set view.a = 1;
        (snapshot(), ParamScope::capture())
    };
    at_once(|number| {
        with_params! {
            set view.b = number;
            with_params! {
                params &view;
                assert_eq!((get_param!(view.a, 0), get_param!(view.b, -1)), (1, number));
            }
            with_params! {
                // A captured scope hides what is outside it.
                params &captured;
                assert_eq!((get_param!(view.a, 0), get_param!(view.b, -1)), (1, -1));
            }
        }
        assert_eq!(view.get("view.a", 0), 1);
    });
}
