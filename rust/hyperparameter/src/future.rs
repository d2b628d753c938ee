//! What is bound to a view: it runs in that view wherever it runs, a future at each of its polls.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::frame::Frame;
use crate::frame::chain::FramePointer;
use crate::frame::context::replace_current;
use crate::scope::ParamScope;

impl ParamScope {
    /// Bind a future or a closure to the present view with this scope entered in it.
    ///
    /// A future runs in that view at each of its polls, in whatever thread and on whatever runtime. What
    /// it sets stays with it. `.await` gives what it gives. For closures see [`Bound::call`].
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// async fn work() -> i64 {
    ///     get_param!(a, 0)
    /// }
    ///
    /// let bound = ParamScope::from_texts(["a=1"])?.bind(work());
    /// assert_eq!(futures::executor::block_on(bound), 1);
    ///
    /// // To carry the present view to another thread, bind to a scope that sets nothing:
    /// let view = ParamScope::from_texts(["a=2"])?;
    /// let _entered = view.enter();
    /// let bound = ParamScope::new().bind(|| get_param!(a, 0));
    /// let seen = std::thread::spawn(move || bound.call()).join().unwrap();
    /// assert_eq!(seen, 2);
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn bind<F>(&self, what: F) -> Bound<F> {
        Bound::new(self.frame(), what)
    }
}

pin_project! {
    /// A future or a closure that runs in a view of its own. Made by [`ParamScope::bind`].
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let bound: Bound<_> = ParamScope::from_texts(["a=1"])?.bind(|| get_param!(a, 0));
    /// assert_eq!((bound.call(), get_param!(a, 0)), (1, 0));
    /// # Ok::<(), ParamError>(())
    /// ```
    #[must_use = "futures do nothing unless polled, closures nothing unless called"]
    pub struct Bound<F> {
        // `None` once a future has ended: what it holds is dropped in its view
        #[pin]
        what: Option<F>,
        view: FramePointer,
    }

    impl<F> PinnedDrop for Bound<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.what.is_some() {
                let _switched = Switch::to(this.view);
                this.what.set(None);
            }
        }
    }
}

impl<F> Bound<F> {
    pub(crate) fn new(view: Arc<Frame>, what: F) -> Self {
        Self {
            what: Some(what),
            view: Some(view),
        }
    }

    /// Call the closure in its view, any number of times, by many threads at once.
    ///
    /// Each call starts from the view of the moment of binding: what it sets ends with it.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let scope = ParamScope::from_texts(["factor=10"])?;
    /// let work = scope.bind(|x: i64| x * get_param!(factor, 1));
    /// let done: Vec<i64> = std::thread::scope(|threads| {
    ///     let started: Vec<_> = (0..3).map(|x| { let work = &work; threads.spawn(move || work.call_with(x)) }).collect();
    ///     started.into_iter().map(|thread| thread.join().unwrap()).collect()
    /// });
    /// assert_eq!(done, [0, 10, 20]);
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn call<R>(&self) -> R
    where
        F: Fn() -> R,
    {
        self.within(|closure| closure())
    }

    /// Call the closure in its view with an argument; see [`call`](Self::call).
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let bound = ParamScope::from_texts(["a=2"])?.bind(|x: i64| x * get_param!(a, 1));
    /// assert_eq!(bound.call_with(21), 42);
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn call_with<A, R>(&self, argument: A) -> R
    where
        F: Fn(A) -> R,
    {
        self.within(|closure| closure(argument))
    }

    /// Call the closure in its view, once: for one that gives away what it holds.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let given = String::from("seen: ");
    /// let bound = ParamScope::from_texts(["a=1"])?.bind(move || given + &get_param!(a, "none"));
    /// assert_eq!(bound.call_once(), "seen: 1");
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn call_once<R>(mut self) -> R
    where
        F: FnOnce() -> R,
    {
        let closure = self.what.take().expect("only this takes it");
        let _switched = Switch::to(&mut self.view);
        closure()
    }

    fn within<R>(&self, call: impl FnOnce(&F) -> R) -> R {
        let mut view = self.view.clone();
        let _switched = Switch::to(&mut view);
        call(
            self.what
                .as_ref()
                .expect("a closure is dropped with what holds it"),
        )
    }
}

impl<F: Future> Future for Bound<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let _switched = Switch::to(this.view);
        let future = this
            .what
            .as_mut()
            .as_pin_mut()
            .expect("a future is not polled after it has ended");
        let polled = future.poll(context);
        if polled.is_ready() {
            this.what.set(None);
        }
        polled
    }
}

/// Has this thread in another view, and puts both back when it is dropped: what was entered meanwhile and not
/// left stays with that view.
struct Switch<'a> {
    view: &'a mut FramePointer,
    before: FramePointer,
}

impl<'a> Switch<'a> {
    fn to(view: &'a mut FramePointer) -> Self {
        let before = replace_current(view.take());
        Self { view, before }
    }
}

impl Drop for Switch<'_> {
    fn drop(&mut self) {
        *self.view = replace_current(self.before.take());
    }
}
