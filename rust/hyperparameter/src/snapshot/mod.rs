//! Snapshots: immutable views, and reading from them.

mod scopes;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::convert::FromValue;
use crate::entry::{Entry, Origin};
use crate::error::ParamError;
use crate::frame::{Frame, context};
use crate::key::{HashedText, Key, canonical};
use crate::read;
use crate::value::Value;

/// Return the current view.
///
/// ```
/// use hyperparameter::*;
///
/// let view = with_params! {
///     set train.lr = 0.1;
///     snapshot()
/// };
/// assert_eq!(view.get("train.lr", 0.0), 0.1);
/// ```
#[must_use]
pub fn snapshot() -> Snapshot {
    Snapshot(context::current_frame())
}

/// A view at one moment: immutable, and cheap to clone. It can be sent to other threads.
///
/// Its keys are flat and in order. It serializes as a map, and it converts into a [`ParamScope`](crate::ParamScope).
///
/// ```
/// use hyperparameter::*;
///
/// let view = ParamScope::from_texts(["b=x", "a.b=1"])?.snapshot();
/// assert_eq!(view.keys().collect::<Vec<_>>(), ["a.b", "b"]);
/// assert_eq!(view.require::<i64>("a.b")?, 1);
/// assert_eq!(view.require::<i64>("a.bb").unwrap_err().nearest(), ["a.b"]);
/// # Ok::<(), ParamError>(())
/// ```
#[derive(Clone)]
pub struct Snapshot(Arc<Frame>);

impl Snapshot {
    /// Return the value of a parameter as the type of the default, or the default if the key is not set.
    ///
    /// # Panics
    /// If the value does not fit the type, and for an invalid key, with the text of the [`ParamError`].
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let view = ParamScope::from_texts(["a=1"])?.snapshot();
    /// assert_eq!((view.get("a", 0u8), view.get("b", "none".to_owned())), (1, "none".to_owned()));
    /// # Ok::<(), ParamError>(())
    /// ```
    #[track_caller]
    pub fn get<T: FromValue>(&self, key: &str, default: T) -> T {
        self.try_get(key, default)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Return the value of a parameter as the type of the default, or the default if the key is not set.
    ///
    /// # Errors
    /// [`ParamError`] for a value that does not fit the type, and for an invalid key.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let view = ParamScope::from_texts(["a=x"])?.snapshot();
    /// assert_eq!(view.try_get("a", 0).unwrap_err().wanted(), Some("int"));
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn try_get<T: FromValue>(&self, key: &str, default: T) -> Result<T, ParamError> {
        read::or_default(&self.0, &HashedText::new(&parse_key(key)?), default)
    }

    /// Return a text without copying it, or the default if the key is not set. A number or bool is written as text.
    ///
    /// # Errors
    /// [`ParamError`] for a value that is no text, number or bool, and for an invalid key.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let view = ParamScope::from_texts(["train.name=adam"])?.snapshot();
    /// assert_eq!(view.text("train.name", "sgd")?, "adam");
    /// assert_eq!(view.text("train.mode", "fast")?, "fast");
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn text<'a>(&'a self, key: &str, default: &'a str) -> Result<Cow<'a, str>, ParamError> {
        read::text(&self.0, &HashedText::new(&parse_key(key)?), default)
    }

    /// Return the value of a parameter. A mapping can also come from the subtree below the key.
    ///
    /// # Errors
    /// [`ParamError`] for a parameter that is not set, for a value that does not fit, and for an invalid key.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let view = ParamScope::from_texts(["a=1"])?.snapshot();
    /// assert_eq!(view.require::<f64>("a")?, 1.0);
    /// assert_eq!(view.require::<f64>("b").unwrap_err().kind(), ParamErrorKind::Missing);
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn require<T: FromValue>(&self, key: &str) -> Result<T, ParamError> {
        read::required(&self.0, &HashedText::new(&parse_key(key)?))?
            .ok_or_else(|| ParamError::missing(key, self.0.clone()))
    }

    /// Return a parameter as a type that serde can deserialize, from its value or from the subtree below the key.
    ///
    /// The empty text as key reads the whole view: `view.deserialize::<Config>("")`.
    ///
    /// # Errors
    /// [`ParamError`] for a parameter that is not set, for a value that does not fit, and for an invalid key.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Optimizer {
    ///     name: String,
    ///     lr: f64,
    /// }
    ///
    /// let view = ParamScope::from_texts(["optimizer.name=adam", "optimizer.lr=1e-3"])?.snapshot();
    /// let optimizer: Optimizer = view.deserialize("optimizer")?;
    /// assert_eq!((optimizer.name.as_str(), optimizer.lr), ("adam", 0.001));
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn deserialize<T: serde::de::DeserializeOwned>(&self, key: &str) -> Result<T, ParamError> {
        if key.is_empty() {
            return read::whole_by_serde(&self.0);
        }
        read::by_serde(&self.0, &HashedText::new(&parse_key(key)?))?
            .ok_or_else(|| ParamError::missing(key, self.0.clone()))
    }

    /// Return whether a parameter counts as true. It does not if it is not set.
    ///
    /// A text that the conversion rule reads as a bool, such as `yes` or `off`, counts as that bool. Any other text
    /// counts as true if it is not empty. A number counts as true if it is not 0.
    ///
    /// # Errors
    /// [`ParamError`] for an invalid key.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let view = ParamScope::from_texts(["a=off", "b=fast"])?.snapshot();
    /// assert_eq!((view.truth("a")?, view.truth("b")?, view.truth("c")?), (false, true, false));
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn truth(&self, key: &str) -> Result<bool, ParamError> {
        Ok(read::truth(&self.0, &HashedText::new(&parse_key(key)?)))
    }

    /// Return the value of a key without converting it. Return `None` if the key is not set.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let view = ParamScope::from_texts(["a=1"])?.snapshot();
    /// assert_eq!(view.value("a"), Some(&Value::from("1")));
    /// # Ok::<(), ParamError>(())
    /// ```
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.entry(key).map(|entry| entry.value.plain())
    }

    /// Return the file and the line of the code that set a key. Return `None` if the key is not set.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let view = ParamScope::from_texts(["a=1"])?.snapshot();
    /// assert_eq!(view.origin("a").map(|origin| origin.file()), Some(file!()));
    /// # Ok::<(), ParamError>(())
    /// ```
    #[must_use]
    pub fn origin(&self, key: &str) -> Option<Origin> {
        self.entry(key).map(|entry| entry.origin)
    }

    /// Return the subtree below a key as a nested mapping, `None` if it is empty.
    ///
    /// If a key has both a value and keys below it, the mapping has the value.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let view = ParamScope::from_texts(["a.b=1", "a.c.d=2"])?.snapshot();
    /// assert_eq!(view.subtree("a").unwrap().to_string(), "{'b': '1', 'c': {'d': '2'}}");
    /// # Ok::<(), ParamError>(())
    /// ```
    #[must_use]
    pub fn subtree(&self, key: &str) -> Option<Value> {
        // The subtree of the empty text is the whole view.
        let key = parse_key(key).unwrap_or(key.into());
        read::subtree(&self.0, &key)
    }

    /// Return whether a key is set.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let view = ParamScope::from_texts(["a.b=1"])?.snapshot();
    /// assert_eq!((view.contains("a.b"), view.contains("a")), (true, false));
    /// # Ok::<(), ParamError>(())
    /// ```
    #[must_use]
    pub fn contains(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    fn entry(&self, key: &str) -> Option<&Entry> {
        self.0.entry(&parse_key(key).ok()?)
    }

    /// Return every key, in order.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let view = ParamScope::from_texts(["b=1", "a=2"])?.snapshot();
    /// assert_eq!(view.keys().collect::<Vec<_>>(), ["a", "b"]);
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.sorted_keys().iter().map(Key::as_str)
    }

    /// Return every key and its value, in order.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let view = ParamScope::from_texts(["b=1", "a=2"])?.snapshot();
    /// let texts: Vec<String> = view.iter().map(|(key, value)| format!("{key}={value}")).collect();
    /// assert_eq!(texts, ["a='2'", "b='1'"]);
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        (self.0.subtree("")).map(|(key, entry)| (key.as_str(), entry.value.plain()))
    }

    /// Return the number of keys.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// assert_eq!(ParamScope::from_texts(["a=1", "b=2"])?.snapshot().len(), 2);
    /// # Ok::<(), ParamError>(())
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.sorted_keys().size()
    }

    /// Return whether no key is set.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// assert!(ParamScope::empty().snapshot().is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Two snapshots are equal if their keys and values are.
impl PartialEq for Snapshot {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.iter().eq(other.iter())
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Snapshot ")?;
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for Snapshot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (key, value) in self.iter() {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

/// Return the text of a key in its one spelling. The key is only looked up, so the text stays borrowed if it can.
fn parse_key(key: &str) -> Result<Cow<'_, str>, ParamError> {
    canonical(key).map_err(|reason| ParamError::invalid_key(key, &reason))
}
