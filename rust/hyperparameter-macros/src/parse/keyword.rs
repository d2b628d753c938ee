//! Recognizes the first tokens of a statement of the macro.

use proc_macro2::{Delimiter, TokenTree};
use syn::{Error, Result};

use super::input::describe;
use crate::tokens::{is_punct, is_reserved};

/// The word that a statement begins with.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Keyword {
    Set,
    Get,
    Params,
}

impl Keyword {
    fn from_token(token: &TokenTree) -> Option<Self> {
        match token {
            TokenTree::Ident(word) if word == "set" => Some(Self::Set),
            TokenTree::Ident(word) if word == "get" => Some(Self::Get),
            TokenTree::Ident(word) if word == "params" => Some(Self::Params),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Set => "set",
            Self::Get => "get",
            Self::Params => "params",
        }
    }

    /// Return how to write the statement, for error texts.
    pub(super) fn advice(self) -> &'static str {
        match self {
            Self::Set => "write `set key = value;`",
            Self::Get => "write `get name = key or default;`",
            Self::Params => "write `params scope;`",
        }
    }

    /// Return the keyword at the start of these tokens, and its number of tokens: 2 with an `@`.
    ///
    /// Return `None` if the tokens are plain Rust.
    pub(super) fn parse_first(tokens: &[TokenTree]) -> Result<Option<(Self, usize)>> {
        match tokens {
            [at, rest @ ..] if is_punct(at, '@') => Self::parse_after_at(at, rest).map(Some),
            [first, rest @ ..] => Ok(Self::from_token(first)
                .filter(|keyword| keyword.starts_statement(rest))
                .map(|keyword| (keyword, 1))),
            [] => Ok(None),
        }
    }

    fn parse_after_at(at: &TokenTree, rest: &[TokenTree]) -> Result<(Self, usize)> {
        let next = rest.first();
        match next.and_then(Self::from_token) {
            Some(keyword) => Ok((keyword, 2)),
            None => {
                let message = format!(
                    "expected `set`, `get` or `params` after `@`, found {}",
                    describe(next)
                );
                Err(Error::new(next.unwrap_or(at).span(), message))
            }
        }
    }

    /// Return whether the tokens after this word make it a keyword.
    ///
    /// Different tokens follow a variable, function, method or macro of the same name.
    fn starts_statement(self, rest: &[TokenTree]) -> bool {
        match (self, rest) {
            (Self::Set | Self::Params, [TokenTree::Literal(_), ..]) => true,
            // Another macro passes `$key:literal` or `$scope:expr` on as a group without delimiters.
            (Self::Set | Self::Params, [TokenTree::Group(group), ..]) => {
                group.delimiter() == Delimiter::None
            }
            (Self::Set, [TokenTree::Ident(next), rest @ ..]) => {
                !is_reserved(next) || continues_key(rest)
            }
            (Self::Get, [TokenTree::Ident(next), rest @ ..]) => {
                let is_name = matches!(rest.first(), Some(TokenTree::Ident(_)));
                !is_reserved(next) || (next == "mut" && is_name)
            }
            (Self::Params, [TokenTree::Ident(next), ..]) => {
                !["as", "if", "in", "else"].iter().any(|word| next == word)
            }
            (Self::Params, [and, next, ..]) => {
                is_punct(and, '&') && !is_punct(next, '&') && !is_punct(next, '=')
            }
            _ => false,
        }
    }
}

/// Return whether these tokens continue or end a key. A reserved word before them is then a segment.
fn continues_key(tokens: &[TokenTree]) -> bool {
    match tokens {
        [dot, ..] if is_punct(dot, '.') => true,
        [equals, next, ..] => is_punct(equals, '=') && !is_punct(next, '=') && !is_punct(next, '>'),
        _ => false,
    }
}
