//! The reason why a value does not fit a type.

use crate::value::{Value, short_repr};

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

    /// Return the text about a value that is a part of another: `'x' is not a valid int`, and the detail.
    pub(super) fn text_about(&self, part: &Value) -> String {
        let detail = self.detail.as_ref();
        let reason = detail
            .map(|detail| format!(": {detail}"))
            .unwrap_or_default();
        format!(
            "{} is not a valid {}{reason}",
            short_repr(part),
            self.wanted
        )
    }
}
