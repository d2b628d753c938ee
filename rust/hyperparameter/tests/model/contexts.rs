//! Threads and futures: what starts from the baseline, and what carries its view with it.

use std::future::{Future, poll_fn};
use std::mem::take;
use std::panic::resume_unwind;
use std::pin::pin;
use std::task::Poll;
use std::thread;

use futures::executor::block_on;
use hyperparameter::{ParamScope, Value, with_params};
use proptest::sample::Index;

use crate::machine::{Handle, Machine, any, done, over, with};
use crate::oracle::{Own, View};
use crate::seen::seen;

impl Machine {
    pub(crate) fn thread(&self, key: &str, value: &Value) {
        let baseline = &self.oracle.baseline;
        in_thread(|| {
            assert_eq!(seen(), *baseline);
            done(ParamScope::current().set(key, value.clone()), true);
            assert_eq!(seen(), over(&own(key, value), baseline));
        });
    }

    pub(crate) fn enter_in_thread(&self, index: &Index, key: &str, value: &Value) {
        let Some(place) = any(index, self.handles.len() - 1) else {
            return;
        };
        let (Handle { scope, layer }, baseline) = (&self.handles[place + 1], &self.oracle.baseline);
        in_thread(|| {
            assert_eq!(seen(), *baseline);
            let entered = scope.enter();
            let view = layer.over(baseline);
            assert_eq!(seen(), view);
            done(entered.set(key, value.clone()), true);
            assert_eq!(seen(), over(&own(key, value), &view));
            drop(entered);
            assert_eq!(seen(), *baseline);
        });
    }

    pub(crate) fn await_future(&self, own: &Own, value: &Value, elsewhere: bool) {
        let (scope, view) = (with(ParamScope::new(), own), self.oracle.view());
        let future = future(scope, value.clone());
        let done = if elsewhere {
            let bound = ParamScope::new().bind(future);
            let baseline = &self.oracle.baseline;
            in_thread(|| block_on(and_around(bound, baseline)))
        } else {
            block_on(and_around(future, &view))
        };
        let set = Own::from([("a.c".to_owned(), Some(value.clone()))]);
        let inside = over(own, &over(&set, &view));
        assert_eq!(done, (view, inside));
    }
}

/// Return what is seen before and after something is set, and the future has waited.
async fn future(scope: ParamScope, value: Value) -> (View, View) {
    let before = seen();
    let inside = with_params! {
        set a.c = value;
        params scope;
        let inside = seen();
        wait_once().await;
        assert_eq!(seen(), inside);
        inside
    };
    assert_eq!(seen(), before);
    (before, inside)
}

/// Run a future; whenever it waits, and when it is done, the view around it is what it was.
async fn and_around<T>(future: impl Future<Output = T>, view: &View) -> T {
    let mut future = pin!(future);
    poll_fn(|context| {
        let polled = future.as_mut().poll(context);
        assert_eq!(seen(), *view);
        polled
    })
    .await
}

/// Let the executor poll again.
async fn wait_once() {
    let mut waits = true;
    poll_fn(|context| {
        if !take(&mut waits) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// Return what is seen; what is entered and set afterwards ends with the call.
pub(crate) fn seen_and_changed() -> View {
    let view = seen();
    let changes = Own::from([("a.b".to_owned(), Some(7.into()))]);
    let entered = with(ParamScope::new(), &changes).enter();
    assert_eq!(seen(), over(&changes, &view));
    drop(entered);
    assert_eq!(seen(), view);
    done(ParamScope::current().set("a.b", 7), true);
    assert_eq!(seen(), over(&changes, &view));
    view
}

fn own(key: &str, value: &Value) -> Own {
    Own::from([(key.to_owned(), Some(value.clone()))])
}

pub(crate) fn in_thread<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    thread::scope(|threads| threads.spawn(run).join()).unwrap_or_else(|panic| resume_unwind(panic))
}
