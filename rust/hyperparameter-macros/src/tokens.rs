//! Predicates over single tokens.

use proc_macro2::{Delimiter, Ident, TokenTree};
use quote::quote;

pub(crate) fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

pub(crate) fn is_word(token: &TokenTree, text: &str) -> bool {
    matches!(token, TokenTree::Ident(word) if word == text)
}

/// Return whether a token is a group in `{}`.
pub(crate) fn is_braced(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// Return whether Rust reserves this word, so that it cannot name a variable.
pub(crate) fn is_reserved(word: &Ident) -> bool {
    syn::parse2::<Ident>(quote!(#word)).is_err()
}
