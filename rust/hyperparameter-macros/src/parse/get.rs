//! Parses the statement `get name = key or default;`.

use proc_macro2::Ident;
use syn::parse::ParseStream;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta, Result, Token, Type};

use super::input::{expected, parse_expression};
use super::keyword::Keyword;
use crate::syntax::{Get, Key};

impl Get {
    /// Parse the tokens after the word `get`.
    pub(super) fn parse(
        input: ParseStream<'_>,
        attributes: Vec<Attribute>,
        help: Option<LitStr>,
    ) -> Result<Self> {
        let mutability = input.parse()?;
        if !input.peek(syn::Ident) {
            return Err(expected_in_get(input, "a name after `get`"));
        }
        let name: Ident = input.parse()?;
        let annotation = parse_annotation(input)?;
        if !input.peek(Token![=]) {
            let expectation = format!("`=` and a key after `{name}`");
            return Err(expected_in_get(input, &expectation));
        }
        input.parse::<Token![=]>()?;
        let key = Key::parse(input)?;
        if !input.peek(syn::Ident) || input.fork().parse::<Ident>()? != "or" {
            let expectation = format!("`or` and a default after the key `{}`", key.text.value());
            return Err(expected_in_get(input, &expectation));
        }
        input.parse::<Ident>()?;
        let default = parse_expression(input, "a default after `or`", Keyword::Get.advice())?;
        Ok(Self {
            attributes,
            help,
            mutability,
            name,
            annotation,
            key,
            default,
        })
    }
}

fn expected_in_get(input: ParseStream<'_>, expectation: &str) -> syn::Error {
    expected(input, expectation, Keyword::Get.advice())
}

fn parse_annotation(input: ParseStream<'_>) -> Result<Option<Type>> {
    if !input.peek(Token![:]) {
        return Ok(None);
    }
    input.parse::<Token![:]>()?;
    if input.peek(Token![=]) || input.peek(Token![;]) {
        let advice = "write `get name: Type = key or default;`";
        return Err(expected(input, "a type after `:`", advice));
    }
    input.parse().map(Some)
}

/// Remove the doc comments from the attributes, and return their text.
pub(super) fn take_doc_comments(attributes: &mut Vec<Attribute>) -> Option<LitStr> {
    let mut lines = Vec::new();
    let mut span = None;
    attributes.retain(|attribute| match doc_comment(attribute) {
        Some(line) => {
            lines.push(line.value().trim().to_owned());
            span.get_or_insert(line.span());
            false
        }
        None => true,
    });
    Some(LitStr::new(&lines.join("\n"), span?))
}

/// Return the text of a doc comment: `/// text`, which is the attribute `#[doc = "text"]`.
fn doc_comment(attribute: &Attribute) -> Option<&LitStr> {
    match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(line),
                ..
            }) => Some(line),
            _ => None,
        },
        _ => None,
    }
}
