//! Scopes from texts, from anything that serde can serialize, and from `config::Config`.

use std::panic::Location;

use serde::ser::Serialize;

use super::ParamScope;
use crate::convert::serialize::{self, Fault};
use crate::entry::{Entry, Origin};
use crate::error::ParamError;
use crate::frame::{Override, Overrides};
use crate::key::{Key, join_name, split_override};
use crate::value::{Value, short_repr};

impl ParamScope {
    /// Return a scope of `key=value` texts.
    ///
    /// Each text is split at its first `=` outside of quotes. If a key appears twice, the later text wins.
    ///
    /// # Errors
    /// [`ParamError`] for an invalid key, and for a text without `=`.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let scope = ParamScope::from_texts(["a.b=1", "a.b=2"])?;
    /// assert_eq!(scope.snapshot().get("a.b", 0), 2);
    /// assert_eq!(
    ///     ParamScope::from_texts(["a.b:1"]).unwrap_err().to_string(),
    ///     "'a.b:1' is not a valid override: expected key=value",
    /// );
    /// # Ok::<(), ParamError>(())
    /// ```
    #[track_caller]
    pub fn from_texts<T: AsRef<str>>(
        texts: impl IntoIterator<Item = T>,
    ) -> Result<Self, ParamError> {
        let origin = Location::caller();
        let mut entries = Vec::new();
        for text in texts {
            let text = text.as_ref();
            let (key, value) = split_override(text).ok_or_else(|| {
                ParamError::syntax(text, "is not a valid override: expected key=value")
            })?;
            let entry = Entry::new(Value::untyped(value), origin);
            entries.push((parse_key(key)?, Some(entry)));
        }
        Ok(Self::with_overrides(Overrides::none().with_all(entries)))
    }

    /// Return a scope of a value that serde can serialize as a mapping: a struct, a map, a table of a file.
    ///
    /// Nested mappings become keys. A key of the source itself can have several segments, and a key of a nested mapping
    /// is one segment, whatever characters it has. An empty mapping is a value.
    ///
    /// # Errors
    /// [`ParamError`] for a value that is not a mapping, for an invalid key, and if the type fails to serialize.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let file: toml::Table = "[train]\nlr = 0.01\nsizes = [64, 32]".parse().unwrap();
    /// let scope = ParamScope::from_serialize(&file)?;
    /// assert_eq!(scope.snapshot().get("train.sizes", vec![0]), [64, 32]);
    /// # Ok::<(), ParamError>(())
    /// ```
    #[track_caller]
    pub fn from_serialize<T: Serialize + ?Sized>(source: &T) -> Result<Self, ParamError> {
        let origin = Location::caller();
        let value = serialize::to_value(source).map_err(serialize_error)?;
        let Value::Map(map) = &value else {
            let detail = "is not a source of parameters: expected a mapping";
            return Err(ParamError::syntax(&short_repr(&value), detail));
        };
        let mut overrides = Overrides::none();
        for (key, value) in map.iter() {
            overrides = overrides.with_all(flatten(key, value.clone(), origin)?);
        }
        Ok(Self::with_overrides(overrides))
    }

    /// Return a scope of a configuration that the crate `config` has read.
    ///
    /// # Errors
    /// [`ParamError`] for an invalid key.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let settings = config::Config::builder().set_default("train.lr", 0.01).unwrap().build().unwrap();
    /// let scope = ParamScope::from_config(&settings)?;
    /// assert_eq!(scope.snapshot().get("train.lr", 0.1), 0.01);
    /// # Ok::<(), ParamError>(())
    /// ```
    #[cfg(feature = "config")]
    #[track_caller]
    pub fn from_config(settings: &config::Config) -> Result<Self, ParamError> {
        let value: Result<Value, _> = settings.clone().try_deserialize();
        Self::from_serialize(&value.map_err(|error| ParamError::syntax("", error.to_string()))?)
    }
}

macro_rules! try_from_texts {
    ($([$($generics:tt)*] $texts:ty;)*) => {
        $(impl<$($generics)*> TryFrom<$texts> for ParamScope {
            type Error = ParamError;

            /// Return a scope of `key=value` texts: see [`ParamScope::from_texts`].
            #[track_caller]
            fn try_from(texts: $texts) -> Result<Self, ParamError> {
                Self::from_texts(texts)
            }
        })*
    };
}

try_from_texts! {
    [] Vec<String>;
    [] &Vec<String>;
    [] &[String];
    [] &[&str];
    [const N: usize] [&str; N];
}

fn serialize_error(fault: Fault) -> ParamError {
    match fault {
        Fault::InvalidKey { key, kind } => ParamError::syntax(
            &key,
            format!("is not a valid key: expected text or an integer, got {kind}"),
        ),
        Fault::Other(detail) => {
            ParamError::syntax("", format!("cannot be a source of parameters: {detail}"))
        }
    }
}

/// Parse a key that is computed at run time.
pub(super) fn parse_key(key: &str) -> Result<Key, ParamError> {
    Key::new(key).map_err(|reason| ParamError::invalid_key(key, &reason))
}

/// Return the overrides that set a key to a value. A mapping that is not empty sets the keys below the key instead: each
/// of its keys is one segment.
pub(crate) fn flatten(
    key: &str,
    value: Value,
    origin: Origin,
) -> Result<Vec<(Key, Override)>, ParamError> {
    let mut overrides = Vec::new();
    let mut to_visit = vec![(parse_key(key)?, value)];
    while let Some((key, value)) = to_visit.pop() {
        let map = match &value {
            Value::Map(map) if !map.is_empty() => map,
            _ => {
                overrides.push((key, Some(Entry::new(value, origin))));
                continue;
            }
        };
        for (name, item) in map.iter().rev() {
            to_visit.push((parse_key(&join_name(key.as_str(), name))?, item.clone()));
        }
    }
    Ok(overrides)
}
