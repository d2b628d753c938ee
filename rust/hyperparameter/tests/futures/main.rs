//! Scopes in futures: on a runtime with many threads, on one thread, and on none.

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

/// Give a future back that can be sent to another thread.
pub(crate) fn sent<F: Future + Send>(future: F) -> F {
    future
}

/// Run on a runtime with some threads.
pub(crate) fn on_threads<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_time()
        .build()
        .unwrap();
    // a task of its own: what is blocked on stays in its thread
    runtime.block_on(async { tokio::spawn(future).await.unwrap() })
}

/// Let others run, so often as chance has it.
pub(crate) async fn pause(chance: &mut u64) {
    *chance = chance
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    for _ in 0..(*chance >> 33) % 4 {
        tokio::task::yield_now().await;
    }
}

// --- Tasks ---

fn seen() -> (i64, i64) {
    (get_param!(task.number, -1), get_param!(task.step, -1))
}

async fn work(number: i64) -> i64 {
    let mut chance = number as u64;
    let mut sum = 0;
    for step in 0..4 {
        assert_eq!(seen(), (number, -1));
        pause(&mut chance).await;
        sum += with_params! {
            set task.step = step;
            pause(&mut chance).await;
            assert_eq!(seen(), (number, step));
            with_params! {
                set task.number = -number;
                params ParamScope::from_texts(["task.step=99"]).unwrap();
                pause(&mut chance).await;
                assert_eq!(seen(), (-number, 99));
            }
            pause(&mut chance).await;
            assert_eq!(seen(), (number, step));
            get_param!(task.step, 0)
        };
    }
    ParamScope::current().set("task.step", 7).unwrap(); // stays in this task
    pause(&mut chance).await;
    assert_eq!(seen(), (number, 7));
    sum
}

/// Ten thousand tasks that take turns in a few threads each see their own scopes, and the tasks among them that
/// are not bound see none.
#[test]
fn tasks_that_take_turns_see_their_own_scopes() {
    on_threads(async {
        let unseen = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        for number in 0..10_000 {
            let mut scope = ParamScope::new();
            scope.put("task.number", number).unwrap();
            tasks.spawn(sent(scope.bind(work(number))));
            if number % 10 == 0 {
                let unseen = unseen.clone();
                tasks.spawn(async move {
                    let mut chance = number as u64;
                    for _ in 0..4 {
                        assert_eq!(seen(), (-1, -1));
                        pause(&mut chance).await;
                    }
                    unseen.fetch_add(1, Ordering::Relaxed);
                    6
                });
            }
        }
        while let Some(sum) = tasks.join_next().await {
            assert_eq!(sum.unwrap(), 6);
        }
        assert_eq!(unseen.load(Ordering::Relaxed), 1000);
        assert_eq!(seen(), (-1, -1));
    });
}

/// A task that is started inside of a scope starts from the baseline; one that is bound, from the scope.
#[test]
fn a_task_sees_the_scopes_it_is_bound_to() {
    on_threads(async {
        with_params! {
            set task.number = 1;
            let free = tokio::spawn(async { seen() });
            let bound = tokio::spawn(ParamScope::new().bind(async {
                tokio::task::yield_now().await;
                // from here too, what is bound goes on to the next
                let next = ParamScope::from_texts(["task.step=2"]).unwrap().bind(async { seen() });
                (seen(), tokio::spawn(next).await.unwrap())
            }));
            ParamScope::current().set("task.number", 10).unwrap(); // after it was bound
            assert_eq!(free.await.unwrap(), (-1, -1));
            assert_eq!(bound.await.unwrap(), ((1, -1), (1, 2)));
            assert_eq!(seen(), (10, -1));
        }
    });
}

/// What is set inside of a bound future is not seen outside of it, while it runs or afterwards.
#[test]
fn what_a_bound_future_sets_stays_inside() {
    on_threads(async {
        let outer = ParamScope::from_texts(["task.number=1"]).unwrap();
        outer
            .bind(async {
                let inner = ParamScope::new().bind(async {
                    for step in 0..50 {
                        ParamScope::current().set("task.step", step).unwrap();
                        tokio::task::yield_now().await;
                        assert_eq!(seen(), (1, step));
                    }
                });
                let watch = async {
                    for _ in 0..50 {
                        assert_eq!(seen(), (1, -1));
                        tokio::task::yield_now().await;
                    }
                };
                join(inner, watch).await;
                assert_eq!(seen(), (1, -1));
            })
            .await;
        assert_eq!(seen(), (-1, -1));
    });
}

/// One scope is bound to many futures at once, each with a view of its own.
#[test]
fn one_scope_is_bound_to_many_futures() {
    on_threads(async {
        let scope = ParamScope::from_texts(["task.number=5"]).unwrap();
        let bound = (0..100).map(|step| {
            scope.bind(async move {
                scope_step(step);
                tokio::task::yield_now().await;
                seen()
            })
        });
        let all = join_all(bound).await;
        assert!(all.into_iter().eq((0..100).map(|step| (5, step))));
    });
}

fn scope_step(step: i64) {
    ParamScope::current().set("task.step", step).unwrap();
}

/// Futures in a future, taken in whatever order they are ready, keep to their own views.
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

/// A future that starts itself anew inside a scope each time, through many awaits, is left as it was entered.
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

/// Any executor will do: scopes are entered at each poll, and nothing else is assumed.
#[test]
fn futures_run_on_any_executor() {
    let _entered = ParamScope::from_texts(["task.number=1"]).unwrap().enter();
    let (one, other) = block_on(join(
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
    assert_eq!((one, other), ((1, 1), (1, 2)));
    assert_eq!(seen(), (1, -1));

    let mut pool = LocalPool::new();
    let ended = Rc::new(Cell::new(0));
    for number in 0..100 {
        let ended = ended.clone(); // not to be sent: these stay in this thread
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
            assert_eq!(two_turns().await, (1, -1)); // not bound: where it is polled
        };
        pool.spawner().spawn_local(task).unwrap();
    }
    pool.run();
    assert_eq!(ended.get(), 100);
    assert_eq!(seen(), (1, -1));
}

/// Read on both sides of a pause.
async fn two_turns() -> (i64, i64) {
    let before = seen();
    let mut paused = false;
    future::poll_fn(|context| {
        if paused {
            return Poll::Ready(());
        }
        paused = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
    assert_eq!(seen(), before);
    before
}

/// A future that is polled now here, now there, is in its own view each time.
#[test]
fn a_future_moves_between_threads() {
    let mut future: BoxFuture<'static, (i64, i64)> = Box::pin(
        ParamScope::from_texts(["task.number=8"])
            .unwrap()
            .bind(async {
                let mut last = (0, 0);
                for _ in 0..5 {
                    last = two_turns().await;
                    scope_step(last.1 + 1);
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

/// Poll under a scope of the thread's own.
fn poll_in_scope<T>(future: &mut BoxFuture<'_, T>) -> Poll<T> {
    with_params! {
        set task.number = -8;
        let polled = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert_eq!(seen(), (-8, -1));
        polled
    }
}

/// A closure or block that is asynchronous itself hides no `.await` of the block around it.
#[test]
fn asynchronous_closures_hide_nothing() {
    async fn with_closures() -> (i64, i64) {
        with_params! {
            set task.number = 1;
            let bare = async |more: i64| more + 1;
            let moved = async move || 2;
            let typed = async |more: i64| -> i64 { more };
            let seen = two_turns().await;
            assert_eq!(bare(1).await + moved().await + typed(3).await, 7);
            seen
        }
    }
    let (first, second) = block_on(join(with_closures(), two_turns()));
    assert_eq!((first, second, seen()), ((1, -1), (-1, -1), (-1, -1)));
}
