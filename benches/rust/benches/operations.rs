//! Measures the crate next to plain Rust and to other crates: `make bench`.
//!
//! The option `--quick` makes the run short. A missed goal is marked, but nothing fails.

use std::collections::HashMap;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use fluid_let::fluid_let;
use hyperparameter::*;
use hyperparameter_benches::around::{clear_baseline, nested, with_baseline, with_keys};
use hyperparameter_benches::measure::{Bench, Group, run, time};
use hyperparameter_benches::published;
use hyperparameter_benches::table::Goal::{self, Faster, Nanoseconds, Ratio};
use hyperparameter_benches::table::OURS;

const FLUID: &str = "fluid-let";
const CONFIG: &str = "config, get_float";
const CONFIG_INT: &str = "config, get_int";
const CONFIG_TEXT: &str = "config, get_string";
const PUBLISHED: &str = "published 0.5.13";
/// The same statement of this crate, in a small configuration.
const SMALL: &str = "itself with few";

fluid_let!(static LR: f64);
fluid_let!(static MOMENTUM: f64);
fluid_let!(static STEPS: i64);
fluid_let!(static NAME: String);

#[inline(always)]
fn read() -> f64 {
    get_param!(train.lr, 0.001)
}

#[inline(always)]
fn set() {
    with_params! { set train.lr = 0.5; }
}

#[inline(always)]
fn set_and_read() -> f64 {
    with_params! {
        set other.key = 1;
        read()
    }
}

fn settings() -> config::Config {
    let builder = config::Config::builder()
        .set_override("train.lr", 0.5)
        .and_then(|builder| builder.set_override("train.steps", 100))
        .and_then(|builder| builder.set_override("train.name", "sgd"));
    builder
        .and_then(|builder| builder.build())
        .expect("good keys")
}

fn reads(bench: &mut Bench) {
    let settings = settings();
    let goals = [
        (FLUID, Ratio(2.0)),
        (CONFIG, Faster(10.0)),
        (CONFIG_INT, Faster(10.0)),
        (PUBLISHED, Faster(10.0)),
    ];
    bench.operation("get_param!, a number", &goals, |group| {
        with_params! { set train.lr = 0.5; time(group, OURS, 0.5, read); }
        LR.set(0.5, || time(group, FLUID, Some(0.5), || LR.copied()));
        time(group, CONFIG, 0.5, || {
            settings.get_float("train.lr").unwrap()
        });
        time(group, CONFIG_INT, 100, || {
            settings.get_int("train.steps").unwrap()
        });
        published::with_set(|| time(group, PUBLISHED, 0.5, published::read));
    });
    bench.operation(
        "get_param!, a number set as text",
        &[(FLUID, Goal::None)],
        |group| {
            with_params! { set train.lr = "0.5"; time(group, OURS, 0.5, read); }
            LR.set(0.5, || time(group, FLUID, Some(0.5), || LR.copied()));
        },
    );
    let peers = [(FLUID, Goal::None), (PUBLISHED, Goal::None)];
    bench.operation("get_param!, not set", &peers, |group| {
        time(group, OURS, 0.001, read);
        time(group, FLUID, 0.001, || LR.copied().unwrap_or(0.001));
        time(group, PUBLISHED, 0.001, published::read);
    });
    let peers = [
        (FLUID, Goal::None),
        (CONFIG_TEXT, Goal::None),
        (PUBLISHED, Goal::None),
    ];
    bench.operation("get_param!, a String", &peers, |group| {
        let sgd = || "sgd".to_owned();
        with_params! { set train.name = "sgd"; time(group, OURS, sgd(), || get_param!(train.name, "adam")); }
        NAME.set(sgd(), || time(group, FLUID, Some(sgd()), || NAME.cloned()));
        time(group, CONFIG_TEXT, sgd(), || settings.get_string("train.name").unwrap());
        published::with_set(|| time(group, PUBLISHED, sgd(), published::read_text));
    });
    bench.operation(
        "snapshot().text, not copied",
        &[("a HashMap", Goal::None)],
        |group| {
            let key = String::from("train.name");
            let map = HashMap::from([(key.clone(), "sgd".to_owned())]);
            let length = || {
                snapshot()
                    .text(black_box(&key), "adam")
                    .map_or(0, |text| text.len())
            };
            with_params! { set train.name = "sgd"; time(group, OURS, 3, length); }
            time(group, "a HashMap", Some(3), || {
                map.get(black_box(&key)).map(String::len)
            });
        },
    );
    let peers = [("a HashMap", Goal::None), (CONFIG, Goal::None)];
    bench.operation("snapshot().get, key at run time", &peers, |group| {
        let key = String::from("train.lr");
        let map = HashMap::from([(key.clone(), 0.5)]);
        with_params! { set train.lr = 0.5; time(group, OURS, 0.5, || snapshot().get(black_box(&key), 0.001)); }
        time(group, "a HashMap", Some(0.5), || map.get(black_box(&key)).copied());
        time(group, CONFIG, 0.5, || settings.get_float(black_box(&key)).unwrap());
    });
}

fn writes(bench: &mut Bench) {
    let goals = [(FLUID, Nanoseconds(100.0)), (PUBLISHED, Goal::None)];
    bench.operation("with_params!, 1 set", &goals, |group| {
        time(group, OURS, (), set);
        time(group, FLUID, (), || LR.set(0.5, || black_box(())));
        time(group, PUBLISHED, (), published::set);
    });
    let peers = [(FLUID, Goal::None), (PUBLISHED, Goal::None)];
    bench.operation("with_params!, 3 sets", &peers, |group| {
        time(group, OURS, (), || {
            with_params! { set train.lr = 0.5; set train.momentum = 0.9; set train.steps = 100; }
        });
        time(group, FLUID, (), || {
            LR.set(0.5, || {
                MOMENTUM.set(0.9, || STEPS.set(100, || black_box(())))
            })
        });
        time(group, PUBLISHED, (), published::set_three);
    });
    bench.operation("enter a kept ParamScope", &[(FLUID, Goal::None)], |group| {
        let scope = ParamScope::from_texts(["train.lr=0.5", "train.steps=100"]).unwrap();
        time(group, OURS, (), || drop(scope.enter()));
        time(group, FLUID, (), || {
            LR.set(0.5, || STEPS.set(100, || black_box(())))
        });
    });
}

fn bound(bench: &mut Bench) {
    let boxed = "a boxed closure";
    bench.operation(
        "bind a closure and call it",
        &[(boxed, Goal::None)],
        |group| {
            with_params! {
                set train.lr = 0.5;
                time(group, OURS, 0.5, || ParamScope::new().bind(read).call());
                time(group, boxed, 0.5, || black_box(Box::new(read) as Box<dyn Fn() -> f64>)());
            }
        },
    );
    let bare = "the future itself";
    bench.operation("poll a bound future", &[(bare, Goal::None)], |group| {
        let mut context = Context::from_waker(Waker::noop());
        let pending = || {
            std::future::poll_fn(|_| {
                if read() == 0.5 {
                    Poll::Pending
                } else {
                    Poll::Ready(())
                }
            })
        };
        with_params! {
            set train.lr = 0.5;
            let (mut bound, mut plain) = (pin!(ParamScope::new().bind(pending())), pin!(pending()));
            time(group, OURS, Poll::Pending, || bound.as_mut().poll(&mut context));
            time(group, bare, Poll::Pending, || plain.as_mut().poll(&mut context));
        }
    });
    bench.operation("frozen(), 10 keys", &[("", Goal::None)], |group| {
        with_keys(10, || time(group, OURS, (), frozen));
        clear_baseline();
    });
    bench.operation(
        "frozen(), 100,000 keys",
        &[("with 10 keys", Ratio(1.2))],
        |group| {
            with_keys(100_000, || time(group, OURS, (), frozen));
            with_keys(10, || time(group, "with 10 keys", (), frozen));
            clear_baseline();
        },
    );
}

/// Reading and entering have to take the same time in a large configuration as in a small one.
fn growing(bench: &mut Bench) {
    let same = [(SMALL, Ratio(1.2))];
    for (name, operation) in [
        ("get_param!", Operation::Read),
        ("1 set and first get_param!", Operation::SetAndRead),
        ("with_params!, 1 set", Operation::Set),
    ] {
        bench.operation(
            &format!("{name}, 100,000 keys in the baseline"),
            &same,
            |group| {
                with_baseline(100_000, || operation.time(group, OURS));
                with_baseline(10, || operation.time(group, SMALL));
            },
        );
        bench.operation(
            &format!("{name}, 100,000 keys in an outer scope"),
            &same,
            |group| {
                with_keys(100_000, || operation.time(group, OURS));
                with_keys(10, || operation.time(group, SMALL));
            },
        );
        bench.operation(&format!("{name}, in 1,000 scopes"), &same, |group| {
            with_keys(10, || nested(999, &mut || operation.time(group, OURS)));
            with_keys(10, || operation.time(group, SMALL));
        });
    }
}

#[derive(Clone, Copy)]
enum Operation {
    Read,
    SetAndRead,
    Set,
}

impl Operation {
    fn time(self, group: &mut Group<'_>, name: &str) {
        match self {
            Self::Read => time(group, name, 0.5, read),
            Self::SetAndRead => time(group, name, 0.5, set_and_read),
            Self::Set => time(group, name, (), set),
        }
    }
}

fn main() {
    run(&[reads, writes, growing, bound]);
    println!(
        "Medians. `{SMALL}` is the same statement with 10 keys in one scope or in the baseline."
    );
}
