//! Parses the arguments of `get_param!` and `try_get_param!`.

use proc_macro2::{Punct, Spacing, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Error, Expr, Result, Token};

use super::input::expected;
use crate::syntax::{Key, ReadArguments};
use crate::tokens::is_punct;

const ADVICE: &str = "the arguments are a key, a default and a help text";

impl ReadArguments {
    /// Parse the arguments of `get_param!`, which needs a default.
    pub(crate) fn parse_with_default(tokens: TokenStream) -> Result<Self> {
        let arguments = Self::parse(tokens)?;
        if arguments.default.is_none() {
            let message = format!(
                "expected a default after the key `{}`; write `get_param!(key, default)`, or use \
                 `try_get_param!(key)` if the parameter has no default",
                arguments.key.text.value()
            );
            return Err(Error::new(arguments.key.span, message));
        }
        Ok(arguments)
    }

    /// Parse `key, default, help text`. An error at the end points at the last token.
    pub(crate) fn parse(tokens: TokenStream) -> Result<Self> {
        let Some(last) = tokens.clone().into_iter().last() else {
            let message = format!("expected a key, found no arguments; {ADVICE}");
            return Err(Error::new(Span::call_site(), message));
        };
        if is_punct(&last, ',') {
            return Self::parse_terminated.parse2(tokens);
        }
        let mut comma = Punct::new(',', Spacing::Alone);
        comma.set_span(last.span());
        Self::parse_terminated.parse2(tokens.into_iter().chain([comma.into()]).collect())
    }

    /// Parse arguments that each end with a comma.
    fn parse_terminated(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(Token![&]) {
            let advice = "for a key computed at run time, use `snapshot().get(key, default)`";
            return Err(expected(input, "a key", advice));
        }
        let key = Key::parse(input)?;
        parse_comma(input, &format!("the key `{}`", key.text.value()))?;
        let default = parse_argument(input, "the default")?;
        let help = parse_argument(input, "the help text")?;
        if !input.is_empty() {
            return Err(expected(input, "no more than three arguments", ADVICE));
        }
        Ok(Self { key, default, help })
    }
}

fn parse_comma(input: ParseStream<'_>, before: &str) -> Result<Token![,]> {
    if !input.peek(Token![,]) {
        return Err(expected(input, &format!("`,` after {before}"), ADVICE));
    }
    input.parse()
}

/// Parse an expression and a comma, and return the tokens of the expression unchanged.
fn parse_argument(input: ParseStream<'_>, name: &str) -> Result<Option<TokenStream>> {
    if input.is_empty() {
        return Ok(None);
    }
    let source = input.fork();
    input.parse::<Expr>()?;
    let mut tokens = TokenStream::new();
    while source.cursor() != input.cursor() {
        tokens.extend([source.parse::<TokenTree>()?]);
    }
    parse_comma(input, name)?;
    Ok(Some(tokens))
}
