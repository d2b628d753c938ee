//! Bound futures as tasks of a runtime with several threads.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::{BoxFuture, join, join_all};
use futures::stream::{self, StreamExt};
use hyperparameter::*;
use tokio::task::JoinSet;

use super::{assert_send, numbers, on_threads, set_step};

/// Let other tasks run, up to three times. `random` is the state of a random generator.
async fn pause(random: &mut u64) {
    *random = random
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    for _ in 0..(*random >> 33) % 4 {
        tokio::task::yield_now().await;
    }
}

/// Read, set and enter between pauses. The current scope has to set `task.number`.
async fn work(number: i64) -> i64 {
    let mut random = number as u64;
    let mut sum = 0;
    for step in 0..4 {
        assert_eq!(numbers(), (number, -1));
        pause(&mut random).await;
        sum += with_params! {
            set task.step = step;
            pause(&mut random).await;
            assert_eq!(numbers(), (number, step));
            with_params! {
                set task.number = -number;
                params ParamScope::from_texts(["task.step=99"]).unwrap();
                pause(&mut random).await;
                assert_eq!(numbers(), (-number, 99));
            }
            pause(&mut random).await;
            assert_eq!(numbers(), (number, step));
            get_param!(task.step, 0)
        };
    }
    // This write is only visible in this task.
    ParamScope::current().set("task.step", 7).unwrap();
    pause(&mut random).await;
    assert_eq!(numbers(), (number, 7));
    sum
}

/// Ten thousand tasks share four threads. Each bound task sees its own scopes, and an unbound task sees none.
#[test]
fn concurrent_tasks_see_their_own_scopes() {
    on_threads(async {
        let unbound_tasks = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        for number in 0..10_000 {
            let mut scope = ParamScope::new();
            scope.put("task.number", number).unwrap();
            tasks.spawn(assert_send(scope.bind(work(number))));
            if number % 10 == 0 {
                let unbound_tasks = unbound_tasks.clone();
                tasks.spawn(async move {
                    let mut random = number as u64;
                    for _ in 0..4 {
                        assert_eq!(numbers(), (-1, -1));
                        pause(&mut random).await;
                    }
                    unbound_tasks.fetch_add(1, Ordering::Relaxed);
                    6
                });
            }
        }
        while let Some(sum) = tasks.join_next().await {
            assert_eq!(sum.unwrap(), 6);
        }
        assert_eq!(unbound_tasks.load(Ordering::Relaxed), 1000);
        assert_eq!(numbers(), (-1, -1));
    });
}

/// A new task starts from the baseline. A bound task starts from the scopes that it was bound in.
#[test]
fn a_task_sees_the_scopes_it_is_bound_to() {
    on_threads(async {
        with_params! {
            set task.number = 1;
            let unbound = tokio::spawn(async { numbers() });
            let bound = tokio::spawn(ParamScope::new().bind(async {
                tokio::task::yield_now().await;
                // A bound task can bind another one.
                let next = ParamScope::from_texts(["task.step=2"]).unwrap().bind(async { numbers() });
                (numbers(), tokio::spawn(next).await.unwrap())
            }));
            // The bound task does not see this write, because it comes after binding.
            ParamScope::current().set("task.number", 10).unwrap();
            assert_eq!(unbound.await.unwrap(), (-1, -1));
            assert_eq!(bound.await.unwrap(), ((1, -1), (1, 2)));
            assert_eq!(numbers(), (10, -1));
        }
    });
}

/// Writes in a bound future are not visible outside it, neither while it runs nor afterwards.
#[test]
fn writes_of_a_bound_future_stay_inside() {
    on_threads(async {
        let outer = ParamScope::from_texts(["task.number=1"]).unwrap();
        outer
            .bind(async {
                let inner = ParamScope::new().bind(async {
                    for step in 0..50 {
                        ParamScope::current().set("task.step", step).unwrap();
                        tokio::task::yield_now().await;
                        assert_eq!(numbers(), (1, step));
                    }
                });
                let watch = async {
                    for _ in 0..50 {
                        assert_eq!(numbers(), (1, -1));
                        tokio::task::yield_now().await;
                    }
                };
                join(inner, watch).await;
                assert_eq!(numbers(), (1, -1));
            })
            .await;
        assert_eq!(numbers(), (-1, -1));
    });
}

/// One scope can be bound to many futures at once. Each has a view of its own.
#[test]
fn one_scope_can_be_bound_to_many_futures() {
    on_threads(async {
        let scope = ParamScope::from_texts(["task.number=5"]).unwrap();
        let bound = (0..100).map(|step| {
            scope.bind(async move {
                set_step(step);
                tokio::task::yield_now().await;
                numbers()
            })
        });
        let all = join_all(bound).await;
        assert!(all.into_iter().eq((0..100).map(|step| (5, step))));
    });
}

/// Bound futures within one stream keep their views, in whatever order they become ready.
#[test]
fn a_stream_of_bound_futures_keeps_their_views() {
    on_threads(async {
        let numbers = stream::iter(0..1000)
            .map(|number| {
                let mut scope = ParamScope::new();
                scope.put("task.number", number).unwrap();
                scope.bind(work(number))
            })
            .buffer_unordered(50);
        let sums: Vec<i64> = numbers.collect().await;
        assert_eq!(sums, [6; 1000]);
    });
}

/// A recursive future that awaits in 300 nested scopes leaves each of them.
#[test]
fn awaiting_blocks_nest_deeply() {
    fn down(depth: i64) -> BoxFuture<'static, i64> {
        Box::pin(async move {
            if depth == 0 {
                tokio::task::yield_now().await;
                return get_param!(task.depth, -1);
            }
            with_params! {
                set task.depth = depth;
                let innermost = down(depth - 1).await;
                assert_eq!(get_param!(task.depth, -1), depth);
                innermost
            }
        })
    }
    on_threads(async {
        assert_eq!(down(300).await, 1);
        assert_eq!(get_param!(task.depth, -1), -1);
    });
}
