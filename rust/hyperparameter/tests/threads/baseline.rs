//! Replacing the baseline while other threads read.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;

use hyperparameter::*;

use crate::{at_once, run_alone};

/// Publish baselines whose parameters belong together, while `run` runs in other threads.
fn while_publishing(run: impl Fn() + Sync) {
    let _lock = run_alone();
    let publish = |number: i64| {
        with_params! {
            set swap.number = number;
            set swap.text = number.to_string();
            set swap.negative = -number;
            frozen();
        }
    };
    publish(1);
    let done = AtomicBool::new(false);
    thread::scope(|threads| {
        threads.spawn(|| {
            for number in 2.. {
                publish(number);
                if done.load(Ordering::Relaxed) {
                    assert!(number > 20, "the baseline was hardly replaced");
                    break;
                }
            }
        });
        let _ended = SetAtEnd(&done);
        at_once(|_| run());
    });
}

/// Sets a flag when it is dropped, on panic too.
struct SetAtEnd<'a>(&'a AtomicBool);

impl Drop for SetAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

const READS: usize = 20_000;

/// Outside every scope no thread sees an older baseline after a newer one, in whatever way it reads.
#[test]
fn readers_never_go_back() {
    while_publishing(|| {
        let mut latest = 1;
        let mut see = |number: i64| {
            assert!(number >= latest, "{number} after {latest}");
            latest = number;
        };
        for _ in 0..READS {
            see(get_param!(swap.number, 0));
            see(-get_param!(swap.negative, 0));
            // Another place, which converts text.
            see(get_param!(swap.text, 0));
            see(get_param!(swap.number, 0));
            see(snapshot().get("swap.number", 0));
            see(try_get_param!(swap.number).unwrap());
            see(get_param!(swap.text, String::new()).parse().unwrap());
            let _entered = ParamScope::new().enter();
            see(-get_param!(swap.negative, 0));
        }
    });
}

/// A snapshot shows one baseline, never parts of two.
#[test]
fn snapshots_show_one_baseline() {
    while_publishing(|| {
        for _ in 0..READS {
            let view = snapshot();
            let number = view.get("swap.number", 0);
            assert_eq!(view.get("swap.text", 0), number);
            assert_eq!(view.get("swap.negative", 0), -number);
        }
    });
}

/// The outermost scope pins the baseline until it is left, also for inner scopes and bound closures.
#[test]
fn a_scope_pins_the_baseline() {
    while_publishing(|| {
        for _ in 0..READS / 20 {
            with_params! {
                set swap.own = 1;
                let number = get_param!(swap.number, 0);
                let bound = ParamScope::new().bind(|| get_param!(swap.text, 0));
                for _ in 0..5 {
                    assert_eq!(get_param!(swap.negative, 0), -number);
                    let _inner = ParamScope::new().enter();
                    assert_eq!(get_param!(swap.text, 0), number);
                    assert_eq!(bound.call(), number);
                }
                ParamScope::current().delete("swap.own").unwrap();
                assert_eq!(get_param!(swap.number, 0), number);
            }
        }
    });
}

/// The ambient writes of a thread lie on top of the newest baseline.
#[test]
fn ambient_writes_lie_on_the_newest_baseline() {
    while_publishing(|| {
        ParamScope::current().set("swap.number", -1).unwrap();
        let mut latest = 1;
        for _ in 0..READS {
            let number = -get_param!(swap.negative, 0);
            assert!(number >= latest, "{number} after {latest}");
            latest = number;
            assert_eq!(get_param!(swap.number, 0), -1);
        }
    });
}

/// If many threads publish at once, each visible baseline comes from one publisher.
#[test]
fn publishers_do_not_mix() {
    let _lock = run_alone();
    let next = AtomicI64::new(1);
    at_once(|_| {
        for _ in 0..500 {
            let number = next.fetch_add(1, Ordering::Relaxed);
            with_params! {
                set mixed.a = number;
                set mixed.b = number;
                frozen();
            }
            let view = snapshot();
            assert_ne!(view.get("mixed.a", 0), 0);
            assert_eq!(view.get("mixed.a", 0), view.get("mixed.b", 0));
        }
    });
    assert_eq!(get_param!(mixed.a, 0), get_param!(mixed.b, -1));
}

/// A running thread sees a new baseline at its next read, even if it has a cached answer.
#[test]
fn running_threads_see_a_new_baseline() {
    let _lock = run_alone();
    let read = || get_param!(late.number, 0);
    let (request_sender, requests) = std::sync::mpsc::channel();
    let (answer_sender, answers) = std::sync::mpsc::channel();
    let reader = thread::spawn(move || {
        while requests.recv().is_ok() {
            answer_sender.send(read()).unwrap();
        }
    });
    let read_in_thread = || {
        request_sender.send(()).unwrap();
        answers.recv().unwrap()
    };
    assert_eq!(read_in_thread(), 0);
    for number in 1..100 {
        with_params! {
            set late.number = number;
            frozen();
        }
        assert_eq!((read_in_thread(), read()), (number, number));
    }
    drop(request_sender);
    reader.join().unwrap();
}
