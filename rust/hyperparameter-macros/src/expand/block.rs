//! Expands `with_params!` and its statements.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Result;

use super::awaits::first_await;
use super::fragments::protect_fragment;
use super::future::awaited_future;
use super::read::{as_annotated, declaration, read, unwrap};
use crate::syntax::{Body, Get, Params, Piece, Set, Statement};
use crate::tokens::is_punct;

/// Expand a block: to a block, or to a future that is awaited in place.
pub(crate) fn with_params(body: &Body) -> Result<TokenStream> {
    if !body.needs_scope() {
        let body = BlockKind::Sync.expand(body);
        return Ok(quote!({ #body }));
    }
    if let Some(span) = first_await(body.source_tokens()) {
        return awaited_future(BlockKind::Async.expand(body), span, parse_and_expand);
    }
    let guard = quote_spanned!(Span::mixed_site()=> _block);
    if let Some((Piece::Statement(Statement::Set(set)), rest)) = body.pieces.split_first() {
        // Entering a scope with its first override is faster than entering it empty.
        let entered = BlockKind::Sync.expand_call(set, &quote!(BlockScope::enter_with));
        let rest = BlockKind::Sync.expand_pieces(rest);
        return Ok(quote!({ let #guard = #entered; #rest }));
    }
    let body = BlockKind::Sync.expand(body);
    Ok(quote!({ let #guard = ::hyperparameter::__private::BlockScope::enter(); #body }))
}

/// Expand a `with_params!` that stands inside another one.
fn parse_and_expand(tokens: TokenStream) -> Result<TokenStream> {
    with_params(&Body::parse_block(tokens)?)
}

/// What a block with statements of the macro expands to.
#[derive(Clone, Copy)]
enum BlockKind {
    /// A block.
    Sync,
    /// A future that is awaited in place.
    Async,
}

impl BlockKind {
    fn expand(self, body: &Body) -> TokenStream {
        self.expand_pieces(&body.pieces)
    }

    fn expand_pieces(self, pieces: &[Piece]) -> TokenStream {
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
                Piece::Token(token)
                    if is_boundary(previous) && is_boundary(pieces.get(index + 1)) =>
                {
                    expanded.extend([token.clone()]);
                }
                piece => expanded.extend(self.expand_piece(piece)),
            }
        }
        expanded
    }

    fn expand_piece(self, piece: &Piece) -> TokenStream {
        match piece {
            Piece::Token(token) => protect_fragment(token).into(),
            Piece::Function(group, body) if body.needs_scope() => {
                let body = with_params(body).unwrap_or_else(|error| error.to_compile_error());
                replace_content(group, body)
            }
            Piece::Group(group, body) | Piece::Function(group, body) => {
                replace_content(group, self.expand(body))
            }
            Piece::Statement(Statement::Set(set)) => {
                let call = self.expand_call(set, &quote!(set));
                quote!(#call;)
            }
            Piece::Statement(Statement::Get(get)) => self.expand_get(get),
            Piece::Statement(Statement::Params(params)) => self.expand_params(params),
        }
    }

    /// Evaluate the value of a `set`, then call a function of the crate with the key and the value.
    ///
    /// The call has the span of the key, so that the origin of the value is the line of the key.
    fn expand_call(self, set: &Set, function: &TokenStream) -> TokenStream {
        let Set { key, value } = set;
        let value = self.expand(value);
        let key_static = key.static_key();
        let name = quote_spanned!(Span::mixed_site()=> value);
        let call = quote_spanned! {key.span=>
            ::hyperparameter::__private::#function(
                #key_static,
                (&&&::hyperparameter::__private::SetAs::type_of(&#name)).param_value(#name)
            )
        };
        // The value is evaluated outside of the arm, so it does not see the names that the arm declares. The
        // tuple allows any expression: a struct literal, for example, cannot directly follow `match`.
        quote! {
            match (#value,) {
                (#name,) => {
                    #[allow(unused_imports)]
                    use ::hyperparameter::__private::{ByAny as _, ByFields as _, ByInto as _};
                    #call
                }
            }
        }
    }

    fn expand_get(self, get: &Get) -> TokenStream {
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
        let default = self.expand(&get.default);
        let default = match annotation {
            Some(annotation) => as_annotated(default, annotation),
            None => default,
        };
        let value = unwrap(key, &read(key, &default, &declaration));
        let annotation = annotation.as_ref().map(|annotation| quote!(: #annotation));
        quote!(#(#attributes)* let #mutability #name #annotation = #value;)
    }

    fn expand_params(self, params: &Params) -> TokenStream {
        let guard = quote_spanned!(Span::mixed_site()=> _params);
        let scope = self.expand(&params.scope);
        let enter = match self {
            Self::Sync => quote_spanned!(params.span=> enter_params),
            // The future may continue in another thread, so its guard has to be `Send`.
            Self::Async => quote_spanned!(params.span=> SendGuard::enter),
        };
        quote!(let #guard = ::hyperparameter::__private::#enter(#scope);)
    }
}

/// Return a group with the same delimiters around other tokens.
fn replace_content(group: &Group, content: TokenStream) -> TokenStream {
    let mut replaced = Group::new(group.delimiter(), content);
    replaced.set_span(group.span());
    TokenTree::Group(replaced).into()
}
