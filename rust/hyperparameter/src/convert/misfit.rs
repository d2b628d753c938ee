//! The reason why a value does not fit a type.

use std::fmt;

use super::deserialize::Mismatch;
use crate::value::Value;

/// The reason why a value does not fit a type.
///
/// The reader turns it into a [`ParamError`](crate::ParamError), which adds the key and the place that set the value.
#[derive(Clone, Debug)]
pub struct Misfit {
    /// The name of the wanted type.
    pub(crate) wanted: String,
    /// What is wrong with the value, if there is more to say than the type.
    pub(crate) detail: Option<String>,
    /// The part of the value that is at fault, such as `.layers[2]`. Empty for the whole value.
    pub(crate) path: String,
    /// The value of that part.
    pub(crate) at_fault: AtFault,
    /// What serde says about a value that it has buffered.
    pub(crate) mismatch: Option<Box<Mismatch>>,
}

/// The part of a value that a misfit is about.
#[derive(Clone, Debug)]
pub(crate) enum AtFault {
    /// The value that is converted, as a whole.
    Whole,
    /// A part with this value.
    Value(Box<Value>),
    /// A part that should not be there, or that is missing. The detail says which, as the end of a sentence.
    Named,
}

impl Misfit {
    /// Return a misfit with the name of the wanted type, as errors show it.
    ///
    /// ```
    /// use hyperparameter::{FromValue, Misfit, Value};
    ///
    /// #[derive(Debug, PartialEq)]
    /// struct Even(i64);
    ///
    /// impl FromValue for Even {
    ///     fn wanted() -> String {
    ///         "even int".to_owned()
    ///     }
    ///     fn from_value(value: &Value) -> Result<Self, Misfit> {
    ///         let number = i64::from_value(value)?;
    ///         if number % 2 == 0 { Ok(Self(number)) } else { Err(Misfit::new("even int").because("it is odd")) }
    ///     }
    /// }
    ///
    /// assert_eq!(Even::from_value(&"4".into()).unwrap(), Even(4));
    /// ```
    pub fn new(wanted: impl Into<String>) -> Self {
        Self {
            wanted: wanted.into(),
            detail: None,
            path: String::new(),
            at_fault: AtFault::Whole,
            mismatch: None,
        }
    }

    /// Return a misfit about a part that should not be there, or that is missing. `detail` ends a sentence about it.
    pub(crate) fn of_name(detail: impl Into<String>) -> Self {
        Self {
            at_fault: AtFault::Named,
            ..Self::new("").because(detail)
        }
    }

    /// Add what is wrong with the value.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let misfit = Misfit::new("even int").because("it is odd");
    /// assert!(format!("{misfit:?}").contains("it is odd"));
    /// ```
    #[must_use]
    pub fn because(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Return whether the misfit is about a part without a value.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self.at_fault, AtFault::Named)
    }

    /// Return the misfit of an item as a misfit of the value around it. `name` is `[2]` or `.layers`.
    pub(super) fn in_part(self, name: impl fmt::Display, item: &Value) -> Self {
        let at_fault = match self.at_fault {
            AtFault::Whole => AtFault::Value(Box::new(item.clone())),
            inner => inner,
        };
        Self {
            path: format!("{name}{}", self.path),
            at_fault,
            ..self
        }
    }
}
