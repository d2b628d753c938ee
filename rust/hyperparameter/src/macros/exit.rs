//! Control flow out of a block that awaits.
//!
//! Such a block becomes a future. Inside it `return`, `?` and a `break` to an outer loop would leave only
//! the future. So the future returns a [`BlockExit`], and the code around the future does what it says.

use std::convert::Infallible;
use std::ops::ControlFlow;

/// How a block that awaits ended.
pub enum BlockExit<V, R> {
    /// It ran to its end, with a value.
    Value(V),
    /// It returns from the function around it.
    Return(R),
    /// It does a `break` or `continue` of a loop or label around it: the one with this number.
    Jump(usize),
}

/// The first half of what `?` does: `std::ops::Try::branch`, which is unstable.
pub trait Branch {
    type Output;
    type Residual;
    fn branch(self) -> Result<Self::Output, Self::Residual>;
}

/// The second half of what `?` does: `std::ops::FromResidual`, which is unstable.
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
