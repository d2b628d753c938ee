//! The macros of the crate. Each passes its `$crate` on to the procedural macro that does the work.

/// Run a block that reads and sets parameters, and return its value.
///
/// # Grammar
/// The block is plain Rust, with three more statements. They can stand at the start of a statement, in this block
/// or in any block inside it:
///
/// - `get name = key or default;` reads a parameter as the type of the default. A default of type `&str` is read
///   as a `String`. `get name: Type = key or default;` reads the parameter as `Type`, and `get mut name` makes the
///   variable mutable. A doc comment above the statement is the help text of the parameter.
/// - `set key = value;` sets a parameter in the innermost scope.
/// - `params scope;` enters a [`ParamScope`](struct.ParamScope.html) until the end of the `{}` around the statement.
///
/// A *key* is segments joined by dots, or a string literal. A segment is a name, a keyword, a number, or a string
/// literal with any text: `set loggers."sqlalchemy.engine".level = 1;`. An `@` before a statement is allowed:
/// `@set train.lr = 0.1;`.
///
/// # Scope
/// A block that contains `set` or `params` is a scope. The scope is left when the block ends, also by `return`,
/// `break`, `?` or a panic. A block that only reads is not a scope.
///
/// A function, a closure or an `async` block inside the block has a scope of its own for what it sets.
///
/// A block with a scope that contains `.await` becomes a future that is awaited in place. It enters its scope at
/// every poll, so other tasks of the thread do not see the scope. An `.await` that another macro, such as `join!`,
/// generates is not recognized: bind that future with `ParamScope::bind`.
///
/// # Errors
/// A mistake in a statement is a compile error at its token.
///
/// # Panics
/// `get` panics if the value cannot be converted to the type. The message names the key and the value. `set` panics if
/// its value is a map with an invalid key.
///
/// # Examples
/// ```
/// use hyperparameter::*;
///
/// fn train() -> f64 {
///     with_params! {
///         get lr = train.lr or 0.001;
///         get size: u32 = "layers.0.size" or 32;
///         lr * f64::from(size)
///     }
/// }
///
/// assert_eq!(train(), 0.032);
/// let scaled = with_params! {
///     set train.lr = 1;
///     if train() > 1.0 {
///         set layers.0.size = 64;
///     }
///     train()
/// };
/// assert_eq!(scaled, 64.0);
/// assert_eq!(train(), 0.032);
/// ```
#[macro_export]
macro_rules! with_params {
    ($($tokens:tt)*) => {
        $crate::__private::with_params! { $crate $($tokens)* }
    };
}

/// Read a parameter as the type of its default.
///
/// # Grammar
/// `get_param!(key, default)` or `get_param!(key, default, "help text")`. A *key* is segments joined by dots, or a
/// string literal. A segment is a name, a keyword, a number, or a string literal with any text. For a key computed at
/// run time, use `snapshot().get(key, default)`. A default of type `&str` is read as a `String`.
///
/// # Panics
/// Panics if the value cannot be converted to the type. The message names the key and the value.
/// [`try_get_param!`](crate::try_get_param) returns an error instead.
///
/// # Examples
/// ```
/// use hyperparameter::*;
///
/// with_params! {
///     set train.lr = "1e-4";
///     assert_eq!(get_param!(train.lr, 0.001), 0.0001);
///     assert_eq!(get_param!(train.steps, 100, "the number of steps"), 100);
///     assert_eq!(get_param!("train.name", "first"), "first");
/// }
/// ```
#[macro_export]
macro_rules! get_param {
    ($($tokens:tt)*) => {
        $crate::__private::get_param! { $crate $($tokens)* }
    };
}

/// Read a parameter, and return a `Result`.
///
/// # Grammar
/// - `try_get_param!(key, default)` or `try_get_param!(key, default, "help text")` reads a parameter as the type of
///   the default. Keys and defaults are those of [`get_param!`](crate::get_param).
/// - `try_get_param!(key)` reads a parameter that has to be set. The type is the one that the `Result` is used as.
///
/// # Errors
/// Returns a [`ParamError`](struct.ParamError.html) if the value cannot be converted to the type, or if a parameter
/// without a default is not set.
///
/// # Examples
/// ```
/// use hyperparameter::*;
///
/// with_params! {
///     set train.lr = "fast";
///     let error = try_get_param!(train.lr, 0.1).unwrap_err();
///     assert!(error.to_string().starts_with("'train.lr' = 'fast' is not a valid float (set at "));
///     let missing: Result<f64, ParamError> = try_get_param!(train.lrr);
///     assert_eq!(
///         missing.unwrap_err().to_string(),
///         "parameter 'train.lrr' is not set; did you mean 'train.lr'?",
///     );
/// }
/// ```
#[macro_export]
macro_rules! try_get_param {
    ($($tokens:tt)*) => {
        $crate::__private::try_get_param! { $crate $($tokens)* }
    };
}
