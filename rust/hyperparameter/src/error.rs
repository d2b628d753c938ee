//! The one error: key, value, what was wanted, where it was set, and the nearest keys that are set.

use std::fmt;
use std::sync::Arc;

use crate::convert::Misfit;
use crate::entry::Origin;
use crate::frame::Frame;
use crate::key::Key;
use crate::nearest::{did_you_mean, nearest};
use crate::value::{Value, quoted, shown};

/// A parameter that cannot be used as asked.
///
/// Its text names the key, the value, the type that was wanted, the place that set the value, and for
/// a key that is not set the nearest ones that are. It is worked out when it is shown.
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
#[derive(Clone)]
pub struct ParamError(Box<Fault>);

#[derive(Clone)]
struct Fault {
    kind: ParamErrorKind,
    key: String,
    value: Option<Value>,
    wanted: Option<String>,
    detail: Option<String>,
    origin: Option<Origin>,
    view: Option<Arc<Frame>>,
}

/// What is wrong.
///
/// ```
/// use hyperparameter::*;
///
/// assert_eq!(ParamScope::from_texts(["a"]).unwrap_err().kind(), ParamErrorKind::Syntax);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParamErrorKind {
    /// It was read without a default, and is not set.
    Missing,
    /// It does not fit the type that was asked for.
    Misfit,
    /// It is no key, no `key=value` text, or no mapping of keys.
    Syntax,
    /// It was to be set in a scope that is not entered in this thread.
    NotEntered,
}

impl ParamError {
    fn new(kind: ParamErrorKind, key: impl Into<String>) -> Self {
        Self(Box::new(Fault {
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
        let mut error = Self::new(ParamErrorKind::Misfit, key);
        let Misfit {
            wanted,
            detail,
            path,
        } = misfit;
        error.0.value = Some(value);
        error.0.wanted = Some(wanted);
        error.0.detail = match detail {
            Some(detail) if !path.is_empty() => {
                Some(format!("at {}: {detail}", quoted(&format!("{key}{path}"))))
            }
            detail => detail,
        };
        error.0.origin = origin;
        error
    }

    pub(crate) fn syntax(key: &str, detail: impl Into<String>) -> Self {
        let mut error = Self::new(ParamErrorKind::Syntax, key);
        error.0.detail = Some(detail.into());
        error
    }

    pub(crate) fn not_a_key(key: &str, fault: &str) -> Self {
        Self::syntax(key, format!("is not a valid key: {fault}"))
    }

    pub(crate) fn not_entered() -> Self {
        Self::new(ParamErrorKind::NotEntered, "")
    }

    /// Return what is wrong.
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

    /// Return the parameter's key; of a text that is none, the text.
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

    /// Return the value that was found.
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

    /// Return the type that was asked for.
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

    /// Return what else is known of the fault.
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

    /// Return file and line of the code that set the value.
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

    /// Return the keys most like the missing one that were set, best first; three at most.
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
        let Fault {
            kind,
            key,
            value,
            wanted,
            detail,
            origin,
            ..
        } = &*self.0;
        match kind {
            ParamErrorKind::Missing => {
                write!(f, "parameter {} is not set", quoted(key))?;
                f.write_str(&did_you_mean(&self.nearest()))?;
            }
            ParamErrorKind::Misfit => {
                let value = value.as_ref().map(shown).unwrap_or_default();
                let wanted = wanted.as_deref().unwrap_or_default();
                write!(f, "{} = {value} is not a valid {wanted}", quoted(key))?;
                if let Some(detail) = detail {
                    write!(f, ": {detail}")?;
                }
                if let Some(origin) = origin {
                    write!(f, " (set at {}:{})", origin.file(), origin.line())?;
                }
            }
            ParamErrorKind::Syntax => {
                let text = shown(&Value::from(key.as_str()));
                write!(f, "{text} {}", detail.as_deref().unwrap_or_default())?;
            }
            ParamErrorKind::NotEntered => f.write_str(
                "this scope is not entered in this thread, and what is set in it lasts until it is left",
            )?,
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
