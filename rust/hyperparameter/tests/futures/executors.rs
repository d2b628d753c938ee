//! Bound futures without a runtime: on simple executors, and polled directly.

use std::cell::Cell;
use std::future;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::thread;

use futures::executor::{LocalPool, block_on};
use futures::future::{BoxFuture, join};
use futures::task::LocalSpawnExt;
use hyperparameter::*;

use super::{numbers, set_step};

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
