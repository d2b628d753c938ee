//! Parses expressions, and builds the errors about unexpected tokens.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::ParseStream;
use syn::{Error, Result, Token};

use crate::syntax::Body;
use crate::tokens::is_punct;

/// Return an error at the next token: `expected …, found …; advice`.
pub(super) fn expected(input: ParseStream<'_>, expectation: &str, advice: &str) -> Error {
    let found = match input.cursor().token_tree() {
        // Only arguments end with a comma. The parser adds it if the user did not write it.
        Some((comma, rest)) if rest.eof() && is_punct(&comma, ',') => {
            "the end of the arguments".to_owned()
        }
        next => describe(next.as_ref().map(|(token, _)| token)),
    };
    input.error(format!("expected {expectation}, found {found}; {advice}"))
}

/// Name a token, or the missing token at the end of a block, in an error text.
pub(super) fn describe(token: Option<&TokenTree>) -> String {
    let text = match token {
        Some(TokenTree::Group(group)) => match group.delimiter() {
            Delimiter::Parenthesis => "(".to_owned(),
            Delimiter::Brace => "{".to_owned(),
            Delimiter::Bracket => "[".to_owned(),
            Delimiter::None => return describe(group.stream().into_iter().next().as_ref()),
        },
        Some(token) => token.to_string(),
        None => return "the end of the block".to_owned(),
    };
    format!("`{text}`")
}

/// Read all tokens before the `;` as an expression. The compiler checks later that they are an expression.
pub(super) fn parse_expression(
    input: ParseStream<'_>,
    expectation: &str,
    advice: &str,
) -> Result<Body> {
    let mut tokens = TokenStream::new();
    while !input.peek(Token![;]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    if tokens.is_empty() {
        return Err(expected(input, expectation, advice));
    }
    input.parse::<Token![;]>()?;
    Body::parse_expression(tokens)
}
