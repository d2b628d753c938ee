//! Parses blocks and other groups of tokens.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Result;

use crate::syntax::{Body, Piece, Statement};
use crate::tokens::{is_braced, is_punct};

impl Body {
    /// Parse the tokens of a block, in which statements of the macro can stand.
    pub(crate) fn parse_block(tokens: TokenStream) -> Result<Self> {
        Self::parse(tokens, true)
    }

    /// Parse the tokens of an expression. Only a block inside it can contain statements of the macro.
    pub(super) fn parse_expression(tokens: TokenStream) -> Result<Self> {
        Self::parse(tokens, false)
    }

    fn parse(tokens: TokenStream, is_block: bool) -> Result<Self> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut pieces = Vec::new();
        let mut position = 0;
        let mut is_statement_start = is_block;
        while position < tokens.len() {
            let (before, rest) = tokens.split_at(position);
            if is_statement_start && let Some((statement, length)) = Statement::parse_first(rest)? {
                pieces.push(Piece::Statement(statement));
                position += length;
                continue;
            }
            let token = &rest[0];
            is_statement_start = is_block && (is_punct(token, ';') || is_braced(token));
            pieces.push(Piece::parse(token, before)?);
            position += 1;
        }
        Ok(Self { pieces })
    }
}

impl Piece {
    /// Parse one token of plain Rust. The tokens before it show whether a group is the input of a macro.
    fn parse(token: &TokenTree, before: &[TokenTree]) -> Result<Self> {
        let TokenTree::Group(group) = token else {
            return Ok(Self::Token(token.clone()));
        };
        if group.delimiter() == Delimiter::None || is_macro_input(before) {
            return Ok(Self::Token(token.clone()));
        }
        let content = Body::parse(group.stream(), is_braced(token))?;
        Ok(Self::Group(group.clone(), content))
    }
}

/// Return whether a group after these tokens is the input of a macro: `name!(…)` or `macro_rules! name {…}`.
fn is_macro_input(before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Ident(_), bang] if is_punct(bang, '!') => true,
        [.., TokenTree::Ident(_), bang, TokenTree::Ident(_)] if is_punct(bang, '!') => true,
        _ => false,
    }
}
