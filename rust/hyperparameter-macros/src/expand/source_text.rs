//! The text of tokens, as it is written in the source.

use proc_macro2::{Delimiter, LineColumn, Span, TokenStream, TokenTree};

/// Return the source text of tokens. White space becomes one space.
pub(super) fn source_text(tokens: TokenStream) -> String {
    let mut source = SourceText::default();
    source.push_tokens(tokens);
    source.text
}

#[derive(Default)]
struct SourceText {
    text: String,
    /// The end of the last token in the source.
    end: Option<LineColumn>,
}

impl SourceText {
    fn push_tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    self.push(open, group.span_open());
                    self.push_tokens(group.stream());
                    self.push(close, group.span_close());
                }
                token => self.push(&token.to_string(), token.span()),
            }
        }
    }

    fn push(&mut self, text: &str, span: Span) {
        if self.end.is_some_and(|end| end != span.start()) {
            self.text.push(' ');
        }
        self.text.push_str(text);
        self.end = Some(span.end());
    }
}
