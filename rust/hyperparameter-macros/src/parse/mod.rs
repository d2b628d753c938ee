//! Parses the input of the macros into the structs of `syntax`.
//!
//! The input of `with_params!` is plain Rust, except for the statements `set`, `get` and `params`. Such a
//! statement begins with tokens that are not valid Rust, such as two names in a row. The parser passes all
//! other tokens on unchanged, so that the compiler itself reports the mistakes in them.
//!
//! ```text
//! with_params! { let x = 1; set train.lr = { x }; f(x) }
//!                └ Tokens ┘ └──── Statement ────┘ Token, Group
//! ```

mod body;
mod get;
mod input;
mod key;
mod keyword;
mod read_arguments;
mod statement;
