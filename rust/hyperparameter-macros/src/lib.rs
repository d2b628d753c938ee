//! The macros of the crate `hyperparameter`, which wraps and documents them.
//!
//! The first token of each input is the `$crate` of the wrapper. So an expansion finds the crate also if a program
//! renames it, or gets it from another crate.
//!
//! Each macro parses its input into a struct, and expands the struct to tokens: `parse` → `syntax` → `expand`.

mod expand;
mod parse;
mod segment;
mod syntax;
mod tokens;

use proc_macro::TokenStream;
use proc_macro2::{Group, Ident, TokenStream as Tokens, TokenTree};

use crate::syntax::{Body, ReadArguments};
use crate::tokens::is_punct;

/// Expands `with_params!`.
#[doc(hidden)]
#[proc_macro]
pub fn with_params(tokens: TokenStream) -> TokenStream {
    in_crate(tokens, |tokens| {
        Body::parse_block(tokens).and_then(|body| expand::with_params(&body))
    })
}

/// Expands `get_param!`.
#[doc(hidden)]
#[proc_macro]
pub fn get_param(tokens: TokenStream) -> TokenStream {
    in_crate(tokens, |tokens| {
        let arguments = ReadArguments::parse_with_default(tokens)?;
        Ok(expand::get_param(&arguments))
    })
}

/// Expands `try_get_param!`.
#[doc(hidden)]
#[proc_macro]
pub fn try_get_param(tokens: TokenStream) -> TokenStream {
    in_crate(tokens, |tokens| {
        let arguments = ReadArguments::parse(tokens)?;
        Ok(expand::try_get_param(&arguments))
    })
}

/// Expand an input, and let the expansion use the crate that the first token of the input names.
fn in_crate(
    tokens: TokenStream,
    expand: impl FnOnce(Tokens) -> syn::Result<Tokens>,
) -> TokenStream {
    let mut tokens = Tokens::from(tokens).into_iter();
    let Some(TokenTree::Ident(dollar_crate)) = tokens.next() else {
        unreachable!("the wrapper passes its `$crate` on");
    };
    let expanded = expand(tokens.collect()).unwrap_or_else(|error| error.to_compile_error());
    with_crate(expanded, &dollar_crate).into()
}

/// Return tokens with each `::hyperparameter::__` path in the crate that `dollar_crate` names.
fn with_crate(tokens: Tokens, dollar_crate: &Ident) -> Tokens {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut replaced = Tokens::new();
    let mut rest = &tokens[..];
    while let [first, after @ ..] = rest {
        rest = after;
        let token = match (first, rest) {
            (_, [_, TokenTree::Ident(name), a, b, TokenTree::Ident(next), ..])
                if name == "hyperparameter"
                    && [first, &rest[0], a, b]
                        .iter()
                        .all(|token| is_punct(token, ':'))
                    && next.to_string().starts_with("__") =>
            {
                let mut path = dollar_crate.clone();
                path.set_span(dollar_crate.span().located_at(name.span()));
                rest = &rest[2..];
                path.into()
            }
            (TokenTree::Group(group), _) => {
                let mut inner =
                    Group::new(group.delimiter(), with_crate(group.stream(), dollar_crate));
                inner.set_span(group.span());
                inner.into()
            }
            _ => first.clone(),
        };
        replaced.extend([token]);
    }
    replaced
}
