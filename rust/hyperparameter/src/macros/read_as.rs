//! Reading a parameter by the conversion that fits the type of its default. See the [module above](super).

use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::ser::Serialize;

use crate::convert::FromValue;
use crate::error::ParamError;
use crate::frame::{Frame, context};
use crate::key::Key;
use crate::place::Place;
use crate::read;

/// A marker of the type that a parameter is read as.
pub struct ReadAs<T>(PhantomData<T>);

impl<T> ReadAs<T> {
    /// Return the marker of a default's type.
    #[inline(always)]
    pub fn type_of(_default: &T) -> Self {
        Self(PhantomData)
    }
}

pub trait ByRule<T> {
    fn read_param(&self, place: Place, default: T) -> Result<T, ParamError>;
}

impl<T: FromValue> ByRule<T> for &&&&&&ReadAs<T> {
    #[inline(always)]
    fn read_param(&self, place: Place, default: T) -> Result<T, ParamError> {
        place.read(default)
    }
}

pub trait ByText {
    fn read_param(&self, place: Place, default: &str) -> Result<String, ParamError>;
}

impl ByText for &&&&&ReadAs<&str> {
    fn read_param(&self, place: Place, default: &str) -> Result<String, ParamError> {
        place.read_text(default)
    }
}

pub trait ByMergingOption<T> {
    fn read_param(&self, place: Place, default: Option<T>) -> Result<Option<T>, ParamError>;
}

impl<T: DeserializeOwned + Serialize + Clone + 'static> ByMergingOption<T>
    for &&&&ReadAs<Option<T>>
{
    /// A value that was set as `T` is accepted too, although the default is an `Option<T>`.
    fn read_param(&self, place: Place, default: Option<T>) -> Result<Option<T>, ParamError> {
        let frame = context::current_frame();
        match read::by_type(&frame, place.key) {
            Ok(Some(value)) => read::by_merging(&frame, place.key, value).map(Some),
            _ => read::by_merging(&frame, place.key, default),
        }
    }
}

pub trait ByOption<T> {
    fn read_param(&self, place: Place, default: Option<T>) -> Result<Option<T>, ParamError>;
}

impl<T: DeserializeOwned + Clone + 'static> ByOption<T> for &&&ReadAs<Option<T>> {
    /// A value that was set as `T` is accepted too, although the default is an `Option<T>`.
    fn read_param(&self, place: Place, default: Option<T>) -> Result<Option<T>, ParamError> {
        let frame = context::current_frame();
        if let Ok(Some(value)) = read::by_type(&frame, place.key) {
            return Ok(Some(value));
        }
        by_type_or_serde(&frame, place, default)
    }
}

pub trait ByMerging<T> {
    fn read_param(&self, place: Place, default: T) -> Result<T, ParamError>;
}

impl<T: DeserializeOwned + Serialize + Clone + 'static> ByMerging<T> for &&ReadAs<T> {
    fn read_param(&self, place: Place, default: T) -> Result<T, ParamError> {
        read::by_merging(&context::current_frame(), place.key, default)
    }
}

pub trait BySerde<T> {
    fn read_param(&self, place: Place, default: T) -> Result<T, ParamError>;
}

impl<T: DeserializeOwned + Clone + 'static> BySerde<T> for &ReadAs<T> {
    fn read_param(&self, place: Place, default: T) -> Result<T, ParamError> {
        by_type_or_serde(&context::current_frame(), place, default)
    }
}

fn by_type_or_serde<T: DeserializeOwned + Clone + 'static>(
    frame: &Frame,
    place: Place,
    default: T,
) -> Result<T, ParamError> {
    if let Ok(Some(value)) = read::by_type(frame, place.key) {
        return Ok(value);
    }
    Ok(read::by_serde(frame, place.key)?.unwrap_or(default))
}

pub trait ByType<T> {
    fn read_param(&self, place: Place, default: T) -> Result<T, ParamError>;
}

impl<T: Clone + 'static> ByType<T> for ReadAs<T> {
    fn read_param(&self, place: Place, default: T) -> Result<T, ParamError> {
        Ok(read::by_type(&context::current_frame(), place.key)?.unwrap_or(default))
    }
}

/// Return a parameter that has no default.
pub fn require<T: FromValue>(key: &'static Key) -> Result<T, ParamError> {
    let frame = context::current_frame();
    match read::required(&frame, key)? {
        Some(value) => Ok(value),
        None => Err(ParamError::missing(key.as_str(), frame)),
    }
}

/// Return the value, or panic with the text of the error.
#[inline(always)]
#[track_caller]
pub fn unwrap_or_panic<T>(result: Result<T, ParamError>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic_with(&error),
    }
}

#[cold]
#[track_caller]
pub(super) fn panic_with(error: &ParamError) -> ! {
    panic!("{error}")
}
