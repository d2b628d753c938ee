//! Parses the statements of the macro.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Error, Result, Token};

use super::get::take_doc_comments;
use super::input::{expected, parse_expression};
use super::keyword::Keyword;
use crate::syntax::{Get, Key, Params, Set, Statement};
use crate::tokens::is_punct;

impl Statement {
    /// Parse the statement at the start of these tokens, and return it with its number of tokens.
    ///
    /// Return `None` if the tokens are plain Rust.
    pub(super) fn parse_first(tokens: &[TokenTree]) -> Result<Option<(Self, usize)>> {
        let (attributes, statement) = tokens.split_at(attributes_length(tokens));
        let Some((keyword, keyword_length)) = Keyword::parse_first(statement)? else {
            return Ok(None);
        };
        let (before, rest) = statement.split_at(keyword_length);
        let word = &before[keyword_length - 1];
        let Some(end) = rest.iter().position(|token| is_punct(token, ';')) else {
            let is_operator = rest.first().is_some_and(|next| is_punct(next, '&'));
            if keyword == Keyword::Params && is_operator {
                // This is plain Rust: the value of the block, as in `params & mask`.
                return Ok(None);
            }
            let message = format!(
                "expected `;` after this statement, found the end of the block; {}",
                keyword.advice()
            );
            return Err(Error::new(rest.last().unwrap_or(word).span(), message));
        };
        let attributes: TokenStream = attributes.iter().cloned().collect();
        let attributes = Attribute::parse_outer.parse2(attributes)?;
        let statement = Self::parse(keyword, word.span(), attributes, &rest[..=end])?;
        let length = tokens.len() - rest.len() + end + 1;
        Ok(Some((statement, length)))
    }

    /// Parse the tokens after the keyword, which end with a `;`. An error at the end points at the `;`.
    fn parse(
        keyword: Keyword,
        keyword_span: Span,
        mut attributes: Vec<Attribute>,
        rest: &[TokenTree],
    ) -> Result<Self> {
        if rest.len() == 1 {
            let message = format!(
                "expected {} after `{}`, found `;`; {}",
                match keyword {
                    Keyword::Set => "a key",
                    Keyword::Get => "a name",
                    Keyword::Params => "a scope",
                },
                keyword.name(),
                keyword.advice()
            );
            return Err(Error::new(keyword_span, message));
        }
        let help = take_doc_comments(&mut attributes);
        let parser = |input: ParseStream<'_>| match keyword {
            Keyword::Set => Set::parse(input, attributes).map(Self::Set),
            Keyword::Get => Get::parse(input, attributes, help).map(|get| Self::Get(Box::new(get))),
            Keyword::Params => Ok(Self::Params(Params {
                attributes,
                scope: parse_expression(input, "a scope after `params`", keyword.advice())?,
                span: keyword_span,
            })),
        };
        parser.parse2(rest.iter().cloned().collect())
    }
}

/// Return the number of tokens of the attributes `#[…]` at the start.
fn attributes_length(tokens: &[TokenTree]) -> usize {
    let mut length = 0;
    while let [hash, TokenTree::Group(group), ..] = &tokens[length..]
        && is_punct(hash, '#')
        && group.delimiter() == Delimiter::Bracket
    {
        length += 2;
    }
    length
}
impl Set {
    fn parse(input: ParseStream<'_>, attributes: Vec<Attribute>) -> Result<Self> {
        let key = Key::parse(input)?;
        if !input.peek(Token![=]) || input.peek(Token![==]) {
            let expectation = format!("`=` and a value after the key `{}`", key.text.value());
            let advice = if input.peek(Token![-]) {
                "write a key that contains `-` as a string literal"
            } else {
                Keyword::Set.advice()
            };
            return Err(expected(input, &expectation, advice));
        }
        input.parse::<Token![=]>()?;
        let value = parse_expression(input, "a value after `=`", Keyword::Set.advice())?;
        Ok(Self {
            attributes,
            key,
            value,
        })
    }
}
