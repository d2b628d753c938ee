//! Parses keys: `train.lr`, `layers.0.size`, `"batch-size"`, `loggers."sqlalchemy.engine"`.

use proc_macro2::{Ident, Span};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Lit, LitFloat, LitInt, LitStr, Result, Token};

use super::input::expected;
use crate::segment::quoted;
use crate::syntax::Key;

const KEY_ADVICE: &str = "a key is names, keywords or numbers joined by dots, or a string literal";
const SEGMENT_ADVICE: &str = "a segment is a name, a keyword, a number or a string literal";

impl Key {
    pub(super) fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(LitStr) && !input.peek2(Token![.]) {
            let text: LitStr = input.parse()?;
            return Ok(Self {
                span: text.span(),
                text,
            });
        }
        let (mut text, mut span) = parse_segments(input, "a key", KEY_ADVICE)?;
        while input.peek(Token![.]) {
            input.parse::<Token![.]>()?;
            let (segments, segments_span) =
                parse_segments(input, "a segment after `.`", SEGMENT_ADVICE)?;
            text = format!("{text}.{segments}");
            // The compiler may be unable to join two spans.
            span = span.join(segments_span).unwrap_or(span);
        }
        Ok(Self {
            text: LitStr::new(&text, span),
            span,
        })
    }
}

/// Parse one token of a key. It is one segment, or two if the compiler reads `0.1` as one number.
fn parse_segments(
    input: ParseStream<'_>,
    expectation: &str,
    advice: &str,
) -> Result<(String, Span)> {
    if input.peek(Ident::peek_any) && !input.peek(Token![_]) {
        let name = input.call(Ident::parse_any)?;
        return Ok((name.unraw().to_string(), name.span()));
    }
    if input.peek(LitStr) {
        let name: LitStr = input.parse()?;
        return Ok((quoted(&name.value()), name.span()));
    }
    if input.peek(LitInt) || input.peek(LitFloat) {
        let number: Lit = input.parse()?;
        let text = match &number {
            Lit::Int(number) => number.to_string(),
            Lit::Float(number) => number.to_string(),
            _ => String::new(),
        };
        if text.split('.').all(is_segment) {
            return Ok((text, number.span()));
        }
        let message = format!("expected {expectation}, found `{text}`; {advice}");
        return Err(Error::new(number.span(), message));
    }
    Err(expected(input, expectation, advice))
}

/// Return whether a part of a number is a segment: not the empty part of `1.`, not `1e-3`.
fn is_segment(part: &str) -> bool {
    !part.is_empty() && !part.contains(['-', '+'])
}
