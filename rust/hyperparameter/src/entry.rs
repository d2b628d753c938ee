//! A value together with the place in the source code that set it.

use std::panic::Location;

use crate::value::Value;

/// Where a value was set: the file and the line of the code that set it.
///
/// ```
/// use hyperparameter::*;
///
/// let line = line!() + 1;
/// let scope = ParamScope::from_texts(["a=1"])?;
/// let origin: Option<Origin> = scope.snapshot().origin("a");
/// assert_eq!(origin.map(|origin| origin.line()), Some(line));
/// # Ok::<(), ParamError>(())
/// ```
pub type Origin = &'static Location<'static>;

/// The value of a key, and its origin.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) value: Value,
    pub(crate) origin: Origin,
}
