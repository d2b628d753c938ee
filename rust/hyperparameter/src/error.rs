//! The error of the crate: a parameter that cannot be read or set.

use std::fmt;
use std::sync::Arc;

use crate::convert::{AtFault, Misfit};
use crate::entry::Origin;
use crate::frame::Frame;
use crate::key::Key;
use crate::nearest::{did_you_mean, nearest};
use crate::quote::quoted;
use crate::value::{Value, short_repr};

/// A parameter that cannot be read or set.
///
/// The text names the key, the value, the expected type and the line that set the value. For a key that is not set, the
/// text names similar keys that are set. The text is built when it is needed.
///
/// ```
/// use hyperparameter::*;
///
/// let scope = ParamScope::from_texts(["train.lr=fast"])?;
/// let error = scope.snapshot().try_get("train.lr", 0.1).unwrap_err();
/// assert_eq!(error.key(), "train.lr");
/// assert!(error.to_string().starts_with("'train.lr' = 'fast' is not a valid float (set at "));
/// # Ok::<(), ParamError>(())
/// ```
// The fields are boxed, so that a `Result` with this error is small.
#[derive(Clone)]
pub struct ParamError(Box<Fields>);

#[derive(Clone)]
struct Fields {
    kind: ParamErrorKind,
    key: String,
    value: Option<Value>,
    wanted: Option<String>,
    detail: Option<String>,
    origin: Option<Origin>,
    /// The view in which a key is missing. It is searched for similar keys when they are needed.
    view: Option<Arc<Frame>>,
}

/// The kind of a [`ParamError`].
///
/// ```
/// use hyperparameter::*;
///
/// assert_eq!(ParamScope::from_texts(["a"]).unwrap_err().kind(), ParamErrorKind::Syntax);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParamErrorKind {
    /// The parameter was read without a default, and is not set.
    Missing,
    /// The value does not fit the type.
    Misfit,
    /// A text is not a valid key or not a `key=value` text, or a source is not a mapping.
    Syntax,
    /// A write to a scope that is not entered in this thread.
    NotEntered,
}

impl ParamError {
    fn new(kind: ParamErrorKind, key: impl Into<String>) -> Self {
        Self(Box::new(Fields {
            kind,
            key: key.into(),
            value: None,
            wanted: None,
            detail: None,
            origin: None,
            view: None,
        }))
    }

    pub(crate) fn missing(key: &str, view: Arc<Frame>) -> Self {
        let mut error = Self::new(ParamErrorKind::Missing, key);
        error.0.view = Some(view);
        error
    }

    pub(crate) fn misfit(key: &str, value: Value, misfit: Misfit, origin: Option<Origin>) -> Self {
        let Misfit {
            wanted,
            detail,
            path,
            at_fault,
            ..
        } = misfit;
        let mut error = Self::new(ParamErrorKind::Misfit, format!("{key}{path}"));
        (error.0.value, error.0.wanted) = match at_fault {
            AtFault::Whole => (Some(value.source()), Some(wanted)),
            AtFault::Value(value) => (Some((*value).source()), Some(wanted)),
            AtFault::Named => (None, None),
        };
        error.0.detail = detail;
        error.0.origin = origin;
        error
    }

    /// Return an error about a text. Its message is the quoted text, followed by `detail`.
    pub(crate) fn syntax(text: &str, detail: impl Into<String>) -> Self {
        let mut error = Self::new(ParamErrorKind::Syntax, text);
        error.0.detail = Some(detail.into());
        error
    }

    pub(crate) fn invalid_key(text: &str, reason: &str) -> Self {
        Self::syntax(text, format!("is not a valid key: {reason}"))
    }

    pub(crate) fn not_entered() -> Self {
        Self::new(ParamErrorKind::NotEntered, "")
    }

    /// Return the kind of the error.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// assert_eq!(snapshot().require::<i64>("a").unwrap_err().kind(), ParamErrorKind::Missing);
    /// ```
    #[must_use]
    pub fn kind(&self) -> ParamErrorKind {
        self.0.kind
    }

    /// Return the key of the parameter. For a text that is not a valid key, return the text.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// assert_eq!(snapshot().require::<i64>("a.b").unwrap_err().key(), "a.b");
    /// ```
    #[must_use]
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// Return the value that does not fit.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let view = ParamScope::from_texts(["a=x"])?.snapshot();
    /// assert_eq!(view.try_get("a", 0).unwrap_err().value(), Some(&Value::from("x")));
    /// # Ok::<(), ParamError>(())
    /// ```
    #[must_use]
    pub fn value(&self) -> Option<&Value> {
        self.0.value.as_ref()
    }

    /// Return the name of the expected type.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let view = ParamScope::from_texts(["a=x"])?.snapshot();
    /// assert_eq!(view.try_get("a", false).unwrap_err().wanted(), Some("bool"));
    /// # Ok::<(), ParamError>(())
    /// ```
    #[must_use]
    pub fn wanted(&self) -> Option<&str> {
        self.0.wanted.as_deref()
    }

    /// Return the reason, if there is more to say than the key, the value and the type.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let view = ParamScope::from_texts(["a=300"])?.snapshot();
    /// assert_eq!(view.try_get("a", 0u8).unwrap_err().detail(), Some("u8 holds 0 to 255"));
    /// # Ok::<(), ParamError>(())
    /// ```
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// Return the file and the line of the code that set the value.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let view = ParamScope::from_texts(["a=x"])?.snapshot();
    /// let error = view.try_get("a", 0).unwrap_err();
    /// assert_eq!(error.origin().map(|origin| origin.file()), Some(file!()));
    /// # Ok::<(), ParamError>(())
    /// ```
    #[must_use]
    pub fn origin(&self) -> Option<Origin> {
        self.0.origin
    }

    /// Return the keys that are set and most similar to the missing key: at most three, best first.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let view = ParamScope::from_texts(["train.lr=1"])?.snapshot();
    /// assert_eq!(view.require::<f64>("train.lrr").unwrap_err().nearest(), ["train.lr"]);
    /// # Ok::<(), ParamError>(())
    /// ```
    #[must_use]
    pub fn nearest(&self) -> Vec<String> {
        self.0.view.as_ref().map_or_else(Vec::new, |view| {
            nearest(self.key(), view.sorted_keys().iter().map(Key::as_str))
        })
    }
}

impl fmt::Display for ParamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let detail = self.detail().unwrap_or_default();
        match self.kind() {
            ParamErrorKind::Missing => {
                let hint = did_you_mean(&self.nearest());
                write!(f, "parameter {} is not set{hint}", quoted(self.key()))
            }
            ParamErrorKind::Misfit => self.fmt_misfit(f),
            ParamErrorKind::Syntax => {
                write!(f, "{} {detail}", short_repr(&Value::from(self.key())))
            }
            ParamErrorKind::NotEntered => {
                f.write_str("cannot write to this scope: it is not entered in this thread")
            }
        }
    }
}

impl ParamError {
    fn fmt_misfit(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = quoted(self.key());
        match (self.value(), self.detail()) {
            // The detail is the end of a sentence about a part.
            (None, detail) => write!(f, "{key} {}", detail.unwrap_or_default())?,
            (Some(value), detail) => {
                let (value, wanted) = (short_repr(value), self.wanted().unwrap_or_default());
                write!(f, "{key} = {value} is not a valid {wanted}")?;
                if let Some(detail) = detail {
                    write!(f, ": {detail}")?;
                }
            }
        }
        if let Some(origin) = self.origin() {
            write!(f, " (set at {}:{})", origin.file(), origin.line())?;
        }
        Ok(())
    }
}

impl fmt::Debug for ParamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParamError({:?}: {self})", self.kind())
    }
}

impl std::error::Error for ParamError {}
