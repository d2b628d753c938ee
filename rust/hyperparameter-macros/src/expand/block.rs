//! Expands `with_params!` and its statements.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Result;

use super::fragments::protect_fragment;
use super::marker;
use super::read::{as_annotated, declaration, read, unwrap};
use super::scopes::add_scopes;
use crate::syntax::{Body, Get, Params, Piece, Set, Statement};
use crate::tokens::is_punct;

/// Expand a block: to a block, or to a future that is awaited in place.
pub(crate) fn with_params(body: &Body) -> Result<TokenStream> {
    let tokens = expand(body);
    if body.has_scope_statement() {
        return add_scopes(tokens, parse_and_expand);
    }
    Ok(quote!({ #tokens }))
}

/// Expand a `with_params!` that stands inside another one.
fn parse_and_expand(tokens: TokenStream) -> Result<TokenStream> {
    with_params(&Body::parse_block(tokens)?)
}

/// Return a body as plain Rust. In place of each `set` and `params` it has a marker, which `add_scopes` expands.
fn expand(body: &Body) -> TokenStream {
    let pieces = &body.pieces;
    let is_boundary = |neighbour: Option<&Piece>| match neighbour {
        Some(Piece::Token(token)) => is_punct(token, ';') || is_punct(token, ','),
        Some(_) => false,
        None => true,
    };
    let mut expanded = TokenStream::new();
    for (index, piece) in pieces.iter().enumerate() {
        let previous = index.checked_sub(1).and_then(|index| pieces.get(index));
        match piece {
            // This token is a whole statement or argument. No operator can take it apart.
            Piece::Token(token) if is_boundary(previous) && is_boundary(pieces.get(index + 1)) => {
                expanded.extend([token.clone()]);
            }
            piece => expanded.extend(expand_piece(piece)),
        }
    }
    expanded
}

fn expand_piece(piece: &Piece) -> TokenStream {
    match piece {
        Piece::Token(token) => protect_fragment(token).into(),
        Piece::Group(group, body) => replace_content(group, expand(body)),
        Piece::Statement(Statement::Set(set)) => mark_set(set),
        Piece::Statement(Statement::Get(get)) => expand_get(get),
        Piece::Statement(Statement::Params(params)) => mark_params(params),
    }
}

fn mark_set(set: &Set) -> TokenStream {
    let Set {
        attributes,
        key,
        value,
    } = set;
    let marker = marker::set(key, &expand(value));
    quote!(#(#attributes)* #marker;)
}

fn mark_params(params: &Params) -> TokenStream {
    let guard = quote_spanned!(Span::mixed_site()=> _params);
    let attributes = &params.attributes;
    let marker = marker::params(params.span, &expand(&params.scope));
    quote!(#(#attributes)* let #guard = #marker;)
}

fn expand_get(get: &Get) -> TokenStream {
    let Get {
        attributes,
        mutability,
        name,
        annotation,
        key,
        ..
    } = get;
    let help = get.help.as_ref().map(ToTokens::to_token_stream);
    let declaration = declaration(key, get.default.source_tokens(), help);
    let default = expand(&get.default);
    let default = match annotation {
        Some(annotation) => as_annotated(default, annotation),
        None => default,
    };
    let value = unwrap(key, &read(key, &default, &declaration));
    let annotation = annotation.as_ref().map(|annotation| quote!(: #annotation));
    quote!(#(#attributes)* let #mutability #name #annotation = #value;)
}

/// Return a group with the same delimiters around other tokens.
fn replace_content(group: &Group, content: TokenStream) -> TokenStream {
    let mut replaced = Group::new(group.delimiter(), content);
    replaced.set_span(group.span());
    TokenTree::Group(replaced).into()
}
