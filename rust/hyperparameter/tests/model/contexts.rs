//! Operations with other threads and with futures. A thread starts from the baseline, a bound future from its view.

use std::future::{Future, poll_fn};
use std::panic::resume_unwind;
use std::pin::pin;
use std::thread;

use futures::executor::block_on;
use hyperparameter::{ParamScope, Value, with_params};
use proptest::sample::Index;
use tokio::task::yield_now;

use crate::machine::{Handle, Machine, apply, assert_write, pick, with_overrides};
use crate::observation::observe;
use crate::oracle::{Overrides, View};

impl Machine {
    pub(crate) fn thread(&self, key: &str, value: &Value) {
        let baseline = &self.oracle.baseline;
        in_thread(|| {
            assert_eq!(observe(), *baseline);
            assert_write(ParamScope::current().set(key, value.clone()), true);
            assert_eq!(observe(), apply(&overrides(key, value), baseline));
        });
    }

    pub(crate) fn enter_in_thread(&self, index: &Index, key: &str, value: &Value) {
        let Some(position) = pick(index, self.handles.len() - 1) else {
            return;
        };
        let (Handle { scope, layer }, baseline) =
            (&self.handles[position + 1], &self.oracle.baseline);
        in_thread(|| {
            assert_eq!(observe(), *baseline);
            let entered = scope.enter();
            let view = layer.apply_to(baseline);
            assert_eq!(observe(), view);
            assert_write(entered.set(key, value.clone()), true);
            assert_eq!(observe(), apply(&overrides(key, value), &view));
            drop(entered);
            assert_eq!(observe(), *baseline);
        });
    }

    pub(crate) fn await_future(&self, overrides: &Overrides, value: &Value, in_other_thread: bool) {
        let (scope, view) = (
            with_overrides(ParamScope::new(), overrides),
            self.oracle.view(),
        );
        let future = future(scope, value.clone());
        let views = if in_other_thread {
            let bound = ParamScope::new().bind(future);
            let baseline = &self.oracle.baseline;
            in_thread(|| block_on(poll_and_compare_outside(bound, baseline)))
        } else {
            block_on(poll_and_compare_outside(future, &view))
        };
        let set = Overrides::from([("a.c".to_owned(), Some(value.clone()))]);
        let inside = apply(overrides, &apply(&set, &view));
        assert_eq!(views, (view, inside));
    }
}

/// Return the view before and inside a block that awaits.
async fn future(scope: ParamScope, value: Value) -> (View, View) {
    let before = observe();
    let inside = with_params! {
        set a.c = value;
        params scope;
        let inside = observe();
        yield_now().await;
        assert_eq!(observe(), inside);
        inside
    };
    assert_eq!(observe(), before);
    (before, inside)
}

/// Run a future. After each poll the view outside it has to be the same as before.
async fn poll_and_compare_outside<T>(future: impl Future<Output = T>, view: &View) -> T {
    let mut future = pin!(future);
    poll_fn(|context| {
        let polled = future.as_mut().poll(context);
        assert_eq!(observe(), *view);
        polled
    })
    .await
}

/// Return the current view. Then enter and set something, which has to end with the call.
pub(crate) fn observe_and_change() -> View {
    let view = observe();
    let changes = Overrides::from([("a.b".to_owned(), Some(7.into()))]);
    let entered = with_overrides(ParamScope::new(), &changes).enter();
    assert_eq!(observe(), apply(&changes, &view));
    drop(entered);
    assert_eq!(observe(), view);
    assert_write(ParamScope::current().set("a.b", 7), true);
    assert_eq!(observe(), apply(&changes, &view));
    view
}

fn overrides(key: &str, value: &Value) -> Overrides {
    Overrides::from([(key.to_owned(), Some(value.clone()))])
}

pub(crate) fn in_thread<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    thread::scope(|threads| threads.spawn(run).join()).unwrap_or_else(|panic| resume_unwind(panic))
}
