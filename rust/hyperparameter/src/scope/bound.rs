//! Futures and closures that run in a view of their own. A future enters its view at each poll.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::ParamScope;
use crate::frame::Frame;
use crate::frame::chain::FramePointer;
use crate::frame::context::replace_current;

impl ParamScope {
    /// Bind a future or a closure to the current view with this scope entered in it.
    ///
    /// From a guard, bind it to the view from the entered scope outwards: the one that [`snapshot`](Self::snapshot) shows.
    ///
    /// A future runs in that view at each of its polls, in any thread and on any runtime. Nobody else sees its
    /// writes. `.await` returns the future's output. For closures see [`Bound::call`].
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
    /// // To carry the current view to another thread, bind to a scope that sets nothing.
    /// let view = ParamScope::from_texts(["a=2"])?;
    /// let _entered = view.enter();
    /// let bound = ParamScope::new().bind(|| get_param!(a, 0));
    /// let a = std::thread::spawn(move || bound.call()).join().unwrap();
    /// assert_eq!(a, 2);
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn bind<F>(&self, future_or_closure: F) -> Bound<F> {
        Bound::new(self.bound_frame(), future_or_closure)
    }
}

pin_project! {
    /// A future or a closure that runs in a view of its own. [`ParamScope::bind`] makes it.
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
        // The future or the closure. It becomes `None` when a future has ended, because a future has to be
        // dropped in its view: its destructor may read parameters.
        #[pin]
        inner: Option<F>,
        // The frame that is current while `inner` runs. A future's frame changes when the future enters or
        // sets something; a closure's stays the same, because each call starts from a clone.
        view: FramePointer,
    }

    impl<F> PinnedDrop for Bound<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.inner.is_some() {
                let _entered = EnteredView::enter(this.view);
                this.inner.set(None);
            }
        }
    }
}

impl<F> Bound<F> {
    pub(crate) fn new(view: Arc<Frame>, inner: F) -> Self {
        Self {
            inner: Some(inner),
            view: Some(view),
        }
    }

    /// Call the closure in its view, any number of times, also from many threads at once.
    ///
    /// Each call starts from the view that was bound. What a call sets ends with the call.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let scope = ParamScope::from_texts(["factor=10"])?;
    /// let work = scope.bind(|x: i64| x * get_param!(factor, 1));
    /// let results: Vec<i64> = std::thread::scope(|threads| {
    ///     let handles: Vec<_> = (0..3).map(|x| { let work = &work; threads.spawn(move || work.call_with(x)) }).collect();
    ///     handles.into_iter().map(|handle| handle.join().unwrap()).collect()
    /// });
    /// assert_eq!(results, [0, 10, 20]);
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn call<R>(&self) -> R
    where
        F: Fn() -> R,
    {
        self.call_in_view(|closure| closure())
    }

    /// Call the closure in its view with one argument. See [`call`](Self::call).
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
        self.call_in_view(|closure| closure(argument))
    }

    /// Call the closure in its view. Use this for a closure that can be called only once.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let prefix = String::from("a is ");
    /// let bound = ParamScope::from_texts(["a=1"])?.bind(move || prefix + &get_param!(a, "none"));
    /// assert_eq!(bound.call_once(), "a is 1");
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn call_once<R>(mut self) -> R
    where
        F: FnOnce() -> R,
    {
        let closure = self.inner.take().expect("only `call_once` takes a closure");
        let _entered = EnteredView::enter(&mut self.view);
        closure()
    }

    fn call_in_view<R>(&self, call: impl FnOnce(&F) -> R) -> R {
        let mut view = self.view.clone();
        let _entered = EnteredView::enter(&mut view);
        call(
            self.inner
                .as_ref()
                .expect("only `call_once`, which consumes `self`, takes a closure"),
        )
    }
}

impl<F: Future> Future for Bound<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let _entered = EnteredView::enter(this.view);
        let future = this
            .inner
            .as_mut()
            .as_pin_mut()
            .expect("a future is not polled after it has ended");
        let polled = future.poll(context);
        if polled.is_ready() {
            this.inner.set(None);
        }
        polled
    }
}

/// Puts the thread into another view. When this is dropped, the thread is in its previous view again.
///
/// A scope that is entered in between and not left stays entered in `view`, for the next poll.
struct EnteredView<'a> {
    view: &'a mut FramePointer,
    previous: FramePointer,
}

impl<'a> EnteredView<'a> {
    fn enter(view: &'a mut FramePointer) -> Self {
        let previous = replace_current(view.take());
        Self { view, previous }
    }
}

impl Drop for EnteredView<'_> {
    fn drop(&mut self) {
        *self.view = replace_current(self.previous.take());
    }
}
