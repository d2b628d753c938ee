//! The macros of the crate `hyperparameter`, which re-exports and documents them.

mod expand;
mod flow;
mod parse;

use proc_macro::TokenStream;

/// Run a block in which parameters are read and set.
///
/// At the start of a statement, here or in any block within:
///
/// - `get name = key or default;` reads a parameter, as the type of the default; `get name: Type = key or
///   default;` as that type. A doc comment before it is its help text.
/// - `set key = value;` sets one until the block is left.
/// - `params scope;` enters a [`ParamScope`](struct.ParamScope.html) until the block it stands in is left.
///
/// Each can be written with a `@` before it. A *key* is segments joined by dots, each a name, a keyword or a number;
/// or a string literal. A text as default reads as `String`. Everything else is plain Rust; the macro
/// is an expression, and `return`, `break`, `?` and panics leave its scope as its end does. A block that sets
/// nothing opens no scope.
///
/// Where a block that sets something has an `.await`, its scope is there whenever the block runs, and nowhere
/// else: it is a future that enters the scope at every poll, awaited in place. (An `.await` that a macro such as
/// `join!` makes is not seen from outside: bind the future instead, with `ParamScope::bind`.)
///
/// # Panics
/// `get` panics where a value does not fit, with the key and the value; `set` where a mapping that is set has a
/// bad key.
///
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
#[proc_macro]
pub fn with_params(tokens: TokenStream) -> TokenStream {
    or_error(parse::Body::of_block(tokens.into()).and_then(|body| expand::with_params(&body)))
}

/// Read a parameter as the type of its default.
///
/// `get_param!(key, default)`, or with a help text `get_param!(key, default, "help")`. Keys are those of
/// [`with_params!`]; one that is made at run time is read from a `snapshot()`.
///
/// # Panics
/// Where the value does not fit the type, with the key and the value: see [`try_get_param!`].
///
/// ```
/// use hyperparameter::*;
///
/// with_params! {
///     set train.lr = "1e-4";
///     assert_eq!(get_param!(train.lr, 0.001), 0.0001);
///     assert_eq!(get_param!(train.steps, 100, "how many steps"), 100);
///     assert_eq!(get_param!("train.name", "first"), "first");
/// }
/// ```
#[proc_macro]
pub fn get_param(tokens: TokenStream) -> TokenStream {
    let read = parse::Read::of(tokens.into()).and_then(|read| match read.default {
        Some(_) => Ok(expand::get_param(&read)),
        None => Err(syn::Error::new(
            read.key.span,
            "expected a default: `get_param!(key, default)`",
        )),
    });
    or_error(read)
}

/// Read a parameter, and return an error where it does not fit.
///
/// `try_get_param!(key, default)`, also with a help text, is a `Result` of the default's type.
/// `try_get_param!(key)` reads a parameter that has to be set.
///
/// ```
/// use hyperparameter::*;
///
/// with_params! {
///     set train.lr = "fast";
///     let error = try_get_param!(train.lr, 0.1).unwrap_err();
///     assert!(error.to_string().starts_with("'train.lr' = 'fast' does not fit: wanted float; set at "));
///     let missing: Result<f64, ParamError> = try_get_param!(train.lrr);
///     assert_eq!(
///         missing.unwrap_err().to_string(),
///         "parameter 'train.lrr' is not set; nearest that is set: 'train.lr'",
///     );
/// }
/// ```
#[proc_macro]
pub fn try_get_param(tokens: TokenStream) -> TokenStream {
    or_error(parse::Read::of(tokens.into()).map(|read| expand::try_get_param(&read)))
}

fn or_error(expanded: syn::Result<proc_macro2::TokenStream>) -> TokenStream {
    expanded
        .unwrap_or_else(|error| error.to_compile_error())
        .into()
}
