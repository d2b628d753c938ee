//! Scopes in futures: on a runtime with many threads, on one thread, and without a runtime.

mod blocks;
mod cancelled;
mod flow;

use std::cell::Cell;
use std::future;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;

use futures::executor::{LocalPool, block_on};
use futures::future::{BoxFuture, join, join_all};
use futures::stream::{self, StreamExt};
use futures::task::LocalSpawnExt;
use hyperparameter::*;
use tokio::task::JoinSet;

/// Check at compile time that a future can be sent to another thread, and return it.
pub(crate) fn assert_send<F: Future + Send>(future: F) -> F {
    future
}

/// Run a future on a runtime with four threads.
pub(crate) fn on_threads<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_time()
        .build()
        .unwrap();
    // `block_on` would keep the future in this thread, so it becomes a task.
    runtime.block_on(async { tokio::spawn(future).await.unwrap() })
}

/// Let other tasks run, up to three times. `random` is the state of a random generator.
pub(crate) async fn pause(random: &mut u64) {
    *random = random
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    for _ in 0..(*random >> 33) % 4 {
        tokio::task::yield_now().await;
    }
}

// --- Tasks ---

/// Return the two parameters that the tests read.
fn numbers() -> (i64, i64) {
    (get_param!(task.number, -1), get_param!(task.step, -1))
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

fn set_step(step: i64) {
    ParamScope::current().set("task.step", step).unwrap();
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

// --- Without a runtime ---

/// Any executor works, because scopes are entered again at each poll.
#[test]
fn futures_run_on_any_executor() {
    let _entered = ParamScope::from_texts(["task.number=1"]).unwrap().enter();
    let (first, second) = block_on(join(
        ParamScope::from_texts(["task.step=1"])
            .unwrap()
            .bind(two_turns()),
        async {
            with_params! {
                set task.step = 2;
                two_turns().await
            }
        },
    ));
    assert_eq!((first, second), ((1, 1), (1, 2)));
    assert_eq!(numbers(), (1, -1));

    let mut pool = LocalPool::new();
    let ended = Rc::new(Cell::new(0));
    for number in 0..100 {
        // `Rc` is not `Send`: these futures stay in this thread.
        let ended = ended.clone();
        let task = async move {
            with_params! {
                set task.number = number;
                assert_eq!(two_turns().await, (number, -1));
                with_params! {
                    params ParamScope::from_texts(["task.step=3"]).unwrap();
                    assert_eq!(two_turns().await, (number, 3));
                }
                ended.set(ended.get() + 1);
            }
            // An unbound future sees the scopes of the place that polls it.
            assert_eq!(two_turns().await, (1, -1));
        };
        pool.spawner().spawn_local(task).unwrap();
    }
    pool.run();
    assert_eq!(ended.get(), 100);
    assert_eq!(numbers(), (1, -1));
}

/// Read before and after returning to the executor once.
async fn two_turns() -> (i64, i64) {
    let before = numbers();
    let mut is_second_poll = false;
    future::poll_fn(|context| {
        if is_second_poll {
            return Poll::Ready(());
        }
        is_second_poll = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
    assert_eq!(numbers(), before);
    before
}

/// A future that is polled by several threads runs in its own view each time.
#[test]
fn a_future_moves_between_threads() {
    let mut future: BoxFuture<'static, (i64, i64)> = Box::pin(
        ParamScope::from_texts(["task.number=8"])
            .unwrap()
            .bind(async {
                let mut last = (0, 0);
                for _ in 0..5 {
                    last = two_turns().await;
                    set_step(last.1 + 1);
                }
                last
            }),
    );
    for _ in 0..5 {
        future = thread::spawn(move || {
            assert_eq!(poll_in_scope(&mut future), Poll::Pending);
            future
        })
        .join()
        .unwrap();
    }
    assert_eq!(poll_in_scope(&mut future), Poll::Ready((8, 3)));
}

/// Poll a future inside another scope.
fn poll_in_scope<T>(future: &mut BoxFuture<'_, T>) -> Poll<T> {
    with_params! {
        set task.number = -8;
        let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!(numbers(), (-8, -1));
        polled
    }
}

/// An async closure in a block does not hide the `.await`s of the block itself.
#[test]
fn async_closures_do_not_hide_awaits() {
    async fn with_closures() -> (i64, i64) {
        with_params! {
            set task.number = 1;
            let bare = async |more: i64| more + 1;
            let moved = async move || 2;
            let typed = async |more: i64| -> i64 { more };
            let read = two_turns().await;
            assert_eq!(bare(1).await + moved().await + typed(3).await, 7);
            read
        }
    }
    let (first, second) = block_on(join(with_closures(), two_turns()));
    assert_eq!((first, second, numbers()), ((1, -1), (-1, -1), (-1, -1)));
}
