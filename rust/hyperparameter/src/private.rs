//! What the macros call. Not for use by hand, and not subject to the promises of a version.

use std::any::Any;
use std::convert::Infallible;
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::panic::Location;

use serde::de::DeserializeOwned;

pub use crate::key::Key;
pub use crate::read::{Answer, Place};
pub use std::thread_local;

#[cfg(feature = "help")]
pub use crate::help::{DECLARED, ParamInfo};
#[cfg(feature = "help")]
pub use linkme;

use crate::convert::FromValue;
use crate::entry::Entry;
use crate::error::ParamError;
use crate::frame::{Frame, Overrides, ScopeIdentity, chain, context};
use crate::read;
use crate::scope::{ParamScope, ScopeGuard, overrides};
use crate::value::Value;

// --- Reading ---
//
// How a type is read is chosen by method resolution, which takes the first of these traits that holds for
// `&&&&&Ask<T>`: types of the one rule; borrowed text, which is read as an owned one; options of what serde
// makes; what serde makes; and whatever was set as that very type.

/// Stands for the type that is asked for.
pub struct Ask<T>(PhantomData<T>);

impl<T> Ask<T> {
    #[inline(always)]
    pub fn of(_default: &T) -> Self {
        Self(PhantomData)
    }
}

pub trait ByRule<T> {
    fn ask(&self, place: Place, default: T) -> Result<T, ParamError>;
}

impl<T: FromValue> ByRule<T> for &&&&Ask<T> {
    #[inline(always)]
    fn ask(&self, place: Place, default: T) -> Result<T, ParamError> {
        place.recall(default)
    }
}

pub trait ByText {
    fn ask(&self, place: Place, default: &str) -> Result<String, ParamError>;
}

impl ByText for &&&Ask<&str> {
    fn ask(&self, place: Place, default: &str) -> Result<String, ParamError> {
        place.recall(default.to_owned())
    }
}

pub trait ByOption<T> {
    fn ask(&self, place: Place, default: Option<T>) -> Result<Option<T>, ParamError>;
}

impl<T: DeserializeOwned + Clone + 'static> ByOption<T> for &&Ask<Option<T>> {
    fn ask(&self, place: Place, default: Option<T>) -> Result<Option<T>, ParamError> {
        let frame = context::current_frame();
        if let Ok(Some(value)) = read::by_type(&frame, place.key) {
            return Ok(Some(value));
        }
        Ask::<Option<T>>(PhantomData).ask_serde(&frame, place, default)
    }
}

pub trait BySerde<T> {
    fn ask(&self, place: Place, default: T) -> Result<T, ParamError>;
}

impl<T: DeserializeOwned + Clone + 'static> BySerde<T> for &Ask<T> {
    fn ask(&self, place: Place, default: T) -> Result<T, ParamError> {
        self.ask_serde(&context::current_frame(), place, default)
    }
}

impl<T: DeserializeOwned + Clone + 'static> Ask<T> {
    fn ask_serde(&self, frame: &Frame, place: Place, default: T) -> Result<T, ParamError> {
        if let Ok(Some(value)) = read::by_type(frame, place.key) {
            return Ok(value);
        }
        Ok(read::by_serde(frame, place.key)?.unwrap_or(default))
    }
}

pub trait ByType<T> {
    fn ask(&self, place: Place, default: T) -> Result<T, ParamError>;
}

impl<T: Clone + 'static> ByType<T> for Ask<T> {
    fn ask(&self, place: Place, default: T) -> Result<T, ParamError> {
        Ok(read::by_type(&context::current_frame(), place.key)?.unwrap_or(default))
    }
}

/// Read a parameter that has no default.
pub fn require<T: FromValue>(key: &'static Key) -> Result<T, ParamError> {
    let frame = context::current_frame();
    match read::by_rule(&frame, key, None)? {
        Some(value) => Ok(value),
        None => Err(ParamError::missing(key.as_str(), frame)),
    }
}

#[inline(always)]
#[track_caller]
pub fn unwrap<T>(read: Result<T, ParamError>) -> T {
    match read {
        Ok(value) => value,
        Err(error) => refuse(&error),
    }
}

#[cold]
#[track_caller]
fn refuse(error: &ParamError) -> ! {
    panic!("{error}")
}

// --- Setting ---

/// Stands for the type of what is set; chosen like [`Ask`].
pub struct Give<T>(PhantomData<T>);

impl<T> Give<T> {
    pub fn of(_value: &T) -> Self {
        Self(PhantomData)
    }
}

pub trait GiveInto<T> {
    fn give(&self, value: T) -> Value;
}

impl<T: Into<Value>> GiveInto<T> for &Give<T> {
    fn give(&self, value: T) -> Value {
        value.into()
    }
}

pub trait GiveAny<T> {
    fn give(&self, value: T) -> Value;
}

impl<T: Any + Clone + Send + Sync> GiveAny<T> for Give<T> {
    fn give(&self, value: T) -> Value {
        Value::of(value)
    }
}

#[track_caller]
fn own_with(own: &Overrides, key: &'static Key, value: Value) -> Overrides {
    let origin = Location::caller();
    match &value {
        Value::Map(map) if !map.is_empty() => match overrides(key.as_str(), value, origin) {
            Ok(overrides) => own.with_all(overrides),
            Err(error) => refuse(&error),
        },
        _ => own.clone().with(key.clone(), Some(Entry { value, origin })),
    }
}

/// A block of `with_params!`: a scope of its own.
pub struct Block {
    scope: u64,
    of_this_thread: PhantomData<*const ()>,
}

impl Block {
    pub fn enter() -> Self {
        Self::entered(Overrides::none())
    }

    #[track_caller]
    pub fn enter_with(key: &'static Key, value: Value) -> Self {
        match value {
            Value::Map(_) => Self::entered(own_with(&Overrides::none(), key, value)),
            _ => Self::entered(Overrides::single(
                key.clone(),
                Some(Entry {
                    value,
                    origin: Location::caller(),
                }),
            )),
        }
    }

    fn entered(own: Overrides) -> Self {
        let mark = ScopeIdentity::new(None);
        let scope = mark.id;
        context::enter(mark, own);
        Self {
            scope,
            of_this_thread: PhantomData,
        }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        context::leave(self.scope);
    }
}

/// Set a key in the innermost scope.
#[track_caller]
pub fn set(key: &'static Key, value: Value) {
    let (mark, own) = context::innermost_scope();
    let own = own_with(&own, key, value);
    context::write(mark.id, |_| own);
}

/// Enter what `params` is given.
pub fn params(scope: impl Into<ParamScope>) -> ScopeGuard {
    scope.into().enter()
}

// --- Blocks that await ---

/// What `params` entered, held by a future: its view goes with it from thread to thread.
pub struct Held(ParamScope);

impl Held {
    pub fn enter(scope: impl Into<ParamScope>) -> Self {
        let scope = scope.into();
        scope.enter_unguarded();
        Self(scope)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.leave();
    }
}

pub use crate::future::Bound;

/// Return a future that runs in a scope of its own, on the present view. It is awaited in place: what is
/// around it is there for as long as it is.
pub fn scoped<F: Future>(future: F) -> Bound<F> {
    Bound::new(
        chain::enter(
            context::current_frame(),
            ScopeIdentity::new(None),
            Overrides::none(),
        ),
        future,
    )
}

/// How a block that awaits ends: in itself, or by leaving what is around it, which only code outside of the
/// future can do.
pub enum Flow<V, R> {
    Value(V),
    Return(R),
    Jump(usize),
}

/// What `?` does, for use inside of the future.
pub trait Branch {
    type Output;
    type Residual;
    fn branch(self) -> Result<Self::Output, Self::Residual>;
}

/// What `?` returns, for use inside of the future.
pub trait FromResidual<R> {
    fn from_residual(residual: R) -> Self;
}

impl<T, E> Branch for Result<T, E> {
    type Output = T;
    type Residual = Result<Infallible, E>;

    fn branch(self) -> Result<T, Self::Residual> {
        self.map_err(Err)
    }
}

impl<T, E, F: From<E>> FromResidual<Result<Infallible, E>> for Result<T, F> {
    fn from_residual(residual: Result<Infallible, E>) -> Self {
        match residual {
            Err(error) => Err(error.into()),
            Ok(never) => match never {},
        }
    }
}

impl<T> Branch for Option<T> {
    type Output = T;
    type Residual = Option<Infallible>;

    fn branch(self) -> Result<T, Self::Residual> {
        self.ok_or(None)
    }
}

impl<T> FromResidual<Option<Infallible>> for Option<T> {
    fn from_residual(_none: Option<Infallible>) -> Self {
        None
    }
}

impl<B, C> Branch for ControlFlow<B, C> {
    type Output = C;
    type Residual = ControlFlow<B, Infallible>;

    fn branch(self) -> Result<C, Self::Residual> {
        match self {
            Self::Continue(value) => Ok(value),
            Self::Break(value) => Err(ControlFlow::Break(value)),
        }
    }
}

impl<B, C> FromResidual<ControlFlow<B, Infallible>> for ControlFlow<B, C> {
    fn from_residual(residual: ControlFlow<B, Infallible>) -> Self {
        match residual {
            ControlFlow::Break(value) => Self::Break(value),
            ControlFlow::Continue(never) => match never {},
        }
    }
}

// --- Places ---

/// The statics of a place that reads a key.
#[macro_export]
#[doc(hidden)]
macro_rules! __place {
    ($key:expr) => {{
        static KEY: $crate::private::Key = $crate::private::Key::literal($key);
        $crate::private::thread_local! {
            static ANSWER: ::core::cell::Cell<$crate::private::Answer> =
                const { ::core::cell::Cell::new($crate::private::Answer::NONE) };
        }
        $crate::private::Place {
            key: &KEY,
            answer: &ANSWER,
        }
    }};
}

/// The static of a place that sets a key.
#[macro_export]
#[doc(hidden)]
macro_rules! __key {
    ($key:expr) => {{
        static KEY: $crate::private::Key = $crate::private::Key::literal($key);
        &KEY
    }};
}

/// Declare a parameter that has a help text.
#[cfg(feature = "help")]
#[macro_export]
#[doc(hidden)]
macro_rules! __declare {
    ($key:expr, $default:expr, $help:expr) => {
        const _: () = {
            #[$crate::private::linkme::distributed_slice($crate::private::DECLARED)]
            #[linkme(crate = $crate::private::linkme)]
            static PARAM: $crate::private::ParamInfo = $crate::private::ParamInfo::new(
                $key,
                $default,
                $help,
                ::core::file!(),
                ::core::line!(),
            );
        };
    };
}

/// Without the feature `help` nothing is declared.
#[cfg(not(feature = "help"))]
#[macro_export]
#[doc(hidden)]
macro_rules! __declare {
    ($key:expr, $default:expr, $help:expr) => {};
}
