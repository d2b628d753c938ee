//! Scopes, and the guards that leave them.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;
use std::panic::Location;
use std::sync::Arc;

use serde::ser::Serialize;

use crate::entry::{Entry, Origin};
use crate::error::ParamError;
use crate::frame::{Frame, Override, Overrides, ScopeIdentity, chain, context};
use crate::key::{Key, check};
use crate::snapshot::Snapshot;
use crate::value::Value;

/// Make the present view the baseline, which lies under every scope of the process.
///
/// Outside of any scope a read sees the baseline of that moment. Whoever is inside a scope keeps the
/// one that was there when the outermost was entered.
///
/// ```
/// use hyperparameter::*;
///
/// with_params! {
///     set seed = 42;
///     frozen();
/// }
/// let seed = std::thread::spawn(|| get_param!(seed, 0)).join().unwrap();
/// assert_eq!(seed, 42);
/// ```
pub fn frozen() {
    context::freeze();
}

/// A set of overrides that is entered and left.
///
/// It can be kept, copied, entered again, entered within itself, and entered by many threads at once.
/// Copies are the same scope, until one of them is changed.
///
/// ```
/// use hyperparameter::*;
///
/// let mut scope = ParamScope::from_texts(["train.lr=0.01"])?;
/// scope.put("train.steps", 100)?;
/// {
///     let _entered = scope.enter();
///     assert_eq!(get_param!(train.lr, 0.1), 0.01);
///     assert_eq!(get_param!(train.steps, 10), 100);
/// }
/// assert_eq!(get_param!(train.lr, 0.1), 0.1);
/// # Ok::<(), ParamError>(())
/// ```
#[derive(Clone)]
pub struct ParamScope {
    identity: ScopeIdentity,
    overrides: Overrides,
}

impl ParamScope {
    /// Return a scope that sets nothing.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let mut scope = ParamScope::new();
    /// scope.put("a", 1)?;
    /// assert_eq!(scope.snapshot().get("a", 0), 1);
    /// # Ok::<(), ParamError>(())
    /// ```
    #[must_use]
    pub fn new() -> Self {
        Self {
            identity: ScopeIdentity::new(None),
            overrides: Overrides::none(),
        }
    }

    /// Return a scope that hides everything outside it, the baseline too.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// with_params! {
    ///     set a = 1;
    ///     params ParamScope::empty();
    ///     assert_eq!(get_param!(a, 0), 0);
    /// }
    /// ```
    #[must_use]
    pub fn empty() -> Self {
        Self {
            identity: ScopeIdentity::new(Some(context::empty_baseline())),
            overrides: Overrides::none(),
        }
    }

    /// Return a scope that shows the present view, whatever is outside it: to be entered elsewhere.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let view = with_params! {
    ///     set a = 1;
    ///     ParamScope::capture()
    /// };
    /// let seen = std::thread::spawn(move || {
    ///     let _entered = view.enter();
    ///     get_param!(a, 0)
    /// });
    /// assert_eq!(seen.join().unwrap(), 1);
    /// ```
    #[must_use]
    pub fn capture() -> Self {
        Self {
            identity: ScopeIdentity::new(Some(context::current_frame().to_baseline())),
            overrides: Overrides::none(),
        }
    }

    /// Return the innermost scope of this thread; outside of any, the one that what is set there belongs to.
    /// The latter is never left, so entering it does nothing.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let _entered = ParamScope::new().enter();
    /// ParamScope::current().set("a", 1)?;
    /// assert_eq!(get_param!(a, 0), 1);
    /// # Ok::<(), ParamError>(())
    /// ```
    #[must_use]
    pub fn current() -> Self {
        let (identity, overrides) = context::innermost_scope();
        Self {
            identity,
            overrides,
        }
    }

    /// Return a scope of `key=value` texts, each split at its first `=`; of two for one key the later wins.
    ///
    /// # Errors
    /// [`ParamError`] for a bad key and for a text without `=`.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let scope = ParamScope::from_texts(["a.b=1", "a.b=2"])?;
    /// assert_eq!(scope.snapshot().get("a.b", 0), 2);
    /// assert_eq!(
    ///     ParamScope::from_texts(["a.b:1"]).unwrap_err().to_string(),
    ///     "'a.b:1' is not an override: wanted key=value",
    /// );
    /// # Ok::<(), ParamError>(())
    /// ```
    #[track_caller]
    pub fn from_texts<T: AsRef<str>>(
        texts: impl IntoIterator<Item = T>,
    ) -> Result<Self, ParamError> {
        let mut entries = Vec::new();
        for text in texts {
            let text = text.as_ref();
            let (key, value) = text
                .split_once('=')
                .ok_or_else(|| ParamError::syntax(text, "is not an override: wanted key=value"))?;
            entries.push((
                parsed(key)?,
                Some(Entry {
                    value: Value::from(value),
                    origin: Location::caller(),
                }),
            ));
        }
        Ok(Self {
            overrides: Overrides::none().with_all(entries),
            ..Self::new()
        })
    }

    /// Return a scope of what serde can serialize as a mapping: a struct, a map, a table of a file.
    ///
    /// Nested mappings flatten into keys; an empty one is a value.
    ///
    /// # Errors
    /// [`ParamError`] for what is no mapping, for a bad key, and for what its type refuses to serialize.
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
        let value = crate::serialize::to_value(source)?;
        let mut scope = Self::new();
        match &value {
            Value::Map(map) => {
                for (key, value) in map.iter() {
                    scope.overrides = scope.overrides.with_all(overrides(
                        key,
                        value.clone(),
                        Location::caller(),
                    )?);
                }
            }
            other => {
                let detail = "cannot be a source of parameters: wanted a mapping";
                return Err(ParamError::syntax(&crate::value::shown(other), detail));
            }
        }
        Ok(scope)
    }

    /// Return a scope of a configuration that the crate `config` has read.
    ///
    /// # Errors
    /// [`ParamError`] for a bad key.
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
        let read: Result<Value, _> = settings.clone().try_deserialize();
        Self::from_serialize(&read.map_err(|fault| ParamError::syntax("", fault.to_string()))?)
    }

    /// Set a parameter of this scope: each time that it is entered from now on, it is set.
    ///
    /// Where the scope is entered now, that does not change; see [`set`](Self::set).
    ///
    /// # Errors
    /// [`ParamError`] for a bad key, before anything is set.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let mut scope = ParamScope::new();
    /// scope.put("train.lr", 0.1)?;
    /// assert!(scope.put("train..lr", 0.2).is_err());
    /// assert_eq!(scope.snapshot().len(), 1);
    /// # Ok::<(), ParamError>(())
    /// ```
    #[track_caller]
    pub fn put(&mut self, key: &str, value: impl Into<Value>) -> Result<(), ParamError> {
        self.overrides = self
            .overrides
            .with_all(overrides(key, value.into(), Location::caller())?);
        self.identity.id = ScopeIdentity::new(None).id; // a copy of what was before may be entered
        Ok(())
    }

    /// Add the overrides of another scope; where both set a key, the other's wins.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let mut scope = ParamScope::from_texts(["a=1", "b=1"])?;
    /// scope.extend(&ParamScope::from_texts(["b=2"])?);
    /// assert_eq!(scope.snapshot().get("b", 0), 2);
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn extend(&mut self, other: &Self) {
        self.overrides = self.overrides.with_all(other.override_list());
        self.identity.id = ScopeIdentity::new(None).id;
    }

    fn override_list(&self) -> Vec<(Key, Override)> {
        self.overrides
            .iter()
            .map(|(key, entry)| (key.clone(), entry.clone()))
            .collect()
    }

    /// Enter the scope, until the guard is dropped.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let entered = ParamScope::from_texts(["a=1"])?.enter();
    /// entered.set("b", 2)?;
    /// assert_eq!((get_param!(a, 0), get_param!(b, 0)), (1, 2));
    /// drop(entered);
    /// assert_eq!((get_param!(a, 0), get_param!(b, 0)), (0, 0));
    /// # Ok::<(), ParamError>(())
    /// ```
    #[must_use = "the scope is left when the guard is dropped"]
    pub fn enter(&self) -> ScopeGuard {
        self.enter_unguarded();
        ScopeGuard {
            scope: self.clone(),
            of_this_thread: PhantomData,
        }
    }

    pub(crate) fn enter_unguarded(&self) {
        if !self.identity.is_ambient() {
            context::enter(self.identity.clone(), self.overrides.clone());
        }
    }

    /// Leave the scope in this thread, wherever it lies: for an entry whose guard was forgotten.
    ///
    /// Where it is not entered, nothing happens.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let scope = ParamScope::from_texts(["a=1"])?;
    /// std::mem::forget(scope.enter());
    /// assert_eq!(get_param!(a, 0), 1);
    /// scope.leave();
    /// assert_eq!(get_param!(a, 0), 0);
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn leave(&self) {
        if !self.identity.is_ambient() {
            context::leave(self.identity.id);
        }
    }

    /// Return the view from this scope outwards, whatever is inside it; where the scope is not entered in this
    /// thread, as if it were entered here.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let outer = ParamScope::from_texts(["a=1"])?.enter();
    /// let _inner = ParamScope::from_texts(["a=2"])?.enter();
    /// assert_eq!((outer.snapshot().get("a", 0), snapshot().get("a", 0)), (1, 2));
    /// # Ok::<(), ParamError>(())
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let present = context::current_frame();
        Snapshot(
            chain::frame_of(&present, self.identity.id).unwrap_or_else(|| {
                chain::enter(present, self.identity.clone(), self.overrides.clone())
            }),
        )
    }

    /// Set a parameter until the scope is left. This thread sees it, and what it binds or captures afterwards.
    ///
    /// # Errors
    /// [`ParamError`] for a bad key and where the scope is not entered in this thread, before anything is set.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let scope = ParamScope::new();
    /// assert_eq!(scope.set("a", 1).unwrap_err().kind(), ParamErrorKind::NotEntered);
    /// let entered = scope.enter();
    /// entered.set("a", 1)?;
    /// assert_eq!(get_param!(a, 0), 1);
    /// # Ok::<(), ParamError>(())
    /// ```
    #[track_caller]
    pub fn set(&self, key: &str, value: impl Into<Value>) -> Result<(), ParamError> {
        let overrides = overrides(key, value.into(), Location::caller())?;
        self.write(|own| own.with_all(overrides))
    }

    /// Set what another scope sets, until this one is left.
    ///
    /// # Errors
    /// [`ParamError`] where this scope is not entered in this thread.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let entered = ParamScope::from_texts(["a=1", "b=1"])?.enter();
    /// entered.update(&ParamScope::from_texts(["b=2"])?)?;
    /// assert_eq!((get_param!(a, 0), get_param!(b, 0)), (1, 2));
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn update(&self, other: &Self) -> Result<(), ParamError> {
        self.write(|own| own.with_all(other.override_list()))
    }

    /// Make a key, and every key beneath it, missing until the scope is left.
    ///
    /// # Errors
    /// [`ParamError`] for a bad key and where the scope is not entered in this thread.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// with_params! {
    ///     set a.b = 1;
    ///     set a.c = 2;
    ///     ParamScope::current().delete("a")?;
    ///     assert!(snapshot().is_empty());
    /// }
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn delete(&self, key: &str) -> Result<(), ParamError> {
        let key = parsed(key)?;
        let left = chain::overrides_after_delete(&self.snapshot().0, &key);
        self.write(|_| left)
    }

    /// Drop what this scope itself sets, so that what lies around it shows through, until it is left.
    ///
    /// # Errors
    /// [`ParamError`] where the scope is not entered in this thread.
    ///
    /// ```
    /// use hyperparameter::*;
    ///
    /// let _outer = ParamScope::from_texts(["a=1"])?.enter();
    /// let inner = ParamScope::from_texts(["a=2"])?.enter();
    /// inner.clear()?;
    /// assert_eq!(get_param!(a, 0), 1);
    /// # Ok::<(), ParamError>(())
    /// ```
    pub fn clear(&self) -> Result<(), ParamError> {
        self.write(|_| Overrides::none())
    }

    fn write(&self, change: impl FnOnce(&Overrides) -> Overrides) -> Result<(), ParamError> {
        if context::write(self.identity.id, change) {
            Ok(())
        } else {
            Err(ParamError::not_entered())
        }
    }

    /// Return the frame of this scope entered in the present view. Nothing around the view is kept alive.
    pub(crate) fn frame(&self) -> Arc<Frame> {
        let below = context::current_frame().to_baseline();
        if self.identity.is_ambient() {
            return chain::enter(below, ScopeIdentity::new(None), Overrides::none());
        }
        chain::enter(below, self.identity.clone(), self.overrides.clone())
    }
}

/// Return a key.
pub(crate) fn parsed(key: &str) -> Result<Key, ParamError> {
    Key::new(key).map_err(|fault| ParamError::not_a_key(key, &fault))
}

/// Return the entries that setting a key makes: of a mapping that is not empty, those of its keys.
pub(crate) fn overrides(
    key: &str,
    value: Value,
    origin: Origin,
) -> Result<Vec<(Key, Override)>, ParamError> {
    let mut entries = Vec::new();
    let mut open = vec![(parsed(key)?, value)];
    while let Some((key, value)) = open.pop() {
        let Value::Map(map) = &value else {
            entries.push((key, Some(Entry { value, origin })));
            continue;
        };
        if map.is_empty() {
            entries.push((key, Some(Entry { value, origin })));
            continue;
        }
        for (name, item) in map.iter().rev() {
            check(name).map_err(|fault| {
                let beneath = crate::value::quoted(key.as_str());
                ParamError::not_a_key(name, &format!("{fault} (beneath {beneath})"))
            })?;
            open.push((parsed(&format!("{}.{name}", key.as_str()))?, item.clone()));
        }
    }
    Ok(entries)
}

impl Default for ParamScope {
    fn default() -> Self {
        Self::new()
    }
}

/// Two are equal where they are the same scope.
impl PartialEq for ParamScope {
    fn eq(&self, other: &Self) -> bool {
        self.identity.id == other.identity.id
    }
}

impl Eq for ParamScope {}

impl fmt::Debug for ParamScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut own: Vec<_> = self.overrides.iter().collect();
        own.sort_by_key(|(key, _)| *key);
        f.write_str("ParamScope ")?;
        f.debug_map()
            .entries(
                own.into_iter()
                    .map(|(key, entry)| (key, entry.as_ref().map(|entry| &entry.value))),
            )
            .finish()
    }
}

macro_rules! from_texts {
    ($([$($of:tt)*] $texts:ty;)*) => {
        $(impl<$($of)*> TryFrom<$texts> for ParamScope {
            type Error = ParamError;

            /// Return a scope of `key=value` texts: see [`ParamScope::from_texts`].
            #[track_caller]
            fn try_from(texts: $texts) -> Result<Self, ParamError> {
                Self::from_texts(texts)
            }
        })*
    };
}

from_texts! {
    [] Vec<String>;
    [] &Vec<String>;
    [] &[String];
    [] &[&str];
    [const N: usize] [&str; N];
}

impl From<&Self> for ParamScope {
    fn from(scope: &Self) -> Self {
        scope.clone()
    }
}

impl From<&ScopeGuard> for ParamScope {
    fn from(guard: &ScopeGuard) -> Self {
        guard.scope.clone()
    }
}

/// A scope that sets what the snapshot shows.
impl From<&Snapshot> for ParamScope {
    fn from(view: &Snapshot) -> Self {
        let entries = view
            .0
            .view()
            .iter()
            .map(|(key, entry)| (key.clone(), Some(entry.clone())));
        Self {
            overrides: Overrides::none().with_all(entries),
            ..Self::new()
        }
    }
}

impl From<Snapshot> for ParamScope {
    fn from(view: Snapshot) -> Self {
        (&view).into()
    }
}

/// Leaves its scope when it is dropped, whatever happened: on panic too, and out of order.
///
/// It stays in its thread: what is entered in one cannot be left in another.
///
/// ```
/// use hyperparameter::*;
///
/// let first = ParamScope::from_texts(["a=1"])?.enter();
/// let second = ParamScope::from_texts(["b=2"])?.enter();
/// drop(first);
/// assert_eq!((get_param!(a, 0), get_param!(b, 0)), (0, 2));
/// drop(second);
/// assert!(snapshot().is_empty());
/// # Ok::<(), ParamError>(())
/// ```
#[must_use = "the scope is left when the guard is dropped"]
pub struct ScopeGuard {
    scope: ParamScope,
    of_this_thread: PhantomData<*const ()>,
}

impl Deref for ScopeGuard {
    type Target = ParamScope;

    fn deref(&self) -> &ParamScope {
        &self.scope
    }
}

impl Drop for ScopeGuard {
    fn drop(&mut self) {
        self.scope.leave();
    }
}

impl fmt::Debug for ScopeGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScopeGuard({:?})", self.scope)
    }
}
