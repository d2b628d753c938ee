//! What the macros become.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{LitStr, Result, Type};

use crate::flow;
use crate::parse::{Body, Get, Key, Params, Piece, Read, Set, Statement};

/// Expand a block: to a block, or to a future that is awaited in place.
pub(crate) fn with_params(body: &Body) -> Result<TokenStream> {
    let opens = body.any(&|statement| !matches!(statement, Statement::Get(_)));
    if !opens {
        let body = Expansion::Plain.body(body);
        return Ok(quote!({ #body }));
    }
    if flow::awaits(body) {
        let body = Expansion::Awaiting.body(body);
        return flow::future(body);
    }
    let guard = quote_spanned!(Span::mixed_site()=> _block);
    if let Some((Piece::Statement(Statement::Set(set)), rest)) = body.pieces.split_first() {
        let entered = given(
            set,
            |key, value| quote!(::hyperparameter::private::Block::enter_with(#key, #value)),
        );
        let rest = Expansion::Plain.pieces(rest);
        return Ok(quote!({ let #guard = #entered; #rest }));
    }
    let body = Expansion::Plain.body(body);
    Ok(quote!({ let #guard = ::hyperparameter::private::Block::enter(); #body }))
}

#[derive(Clone, Copy)]
enum Expansion {
    Plain,
    Awaiting,
}

impl Expansion {
    fn body(self, body: &Body) -> TokenStream {
        self.pieces(&body.pieces)
    }

    fn pieces(self, pieces: &[Piece]) -> TokenStream {
        pieces.iter().map(|piece| self.piece(piece)).collect()
    }

    fn piece(self, piece: &Piece) -> TokenStream {
        match piece {
            Piece::Token(token) => token.clone().into(),
            Piece::Group(group, body) => {
                let mut expanded = Group::new(group.delimiter(), self.body(body));
                expanded.set_span(group.span());
                TokenTree::Group(expanded).into()
            }
            Piece::Statement(Statement::Set(set)) => self.set(set),
            Piece::Statement(Statement::Get(get)) => self.get(get),
            Piece::Statement(Statement::Params(params)) => self.params(params),
        }
    }

    fn set(self, set: &Set) -> TokenStream {
        let done = given(
            set,
            |key, value| quote!(::hyperparameter::private::set(#key, #value)),
        );
        quote!(#done;)
    }

    fn get(self, get: &Get) -> TokenStream {
        let Get {
            attributes,
            help,
            mutable,
            name,
            wanted,
            key,
            default,
        } = get;
        let source = self.body(default);
        let declared = declared(key, &source, help.as_ref().map(ToTokens::to_token_stream));
        let value = unwrapped(key, &read(key, &typed(source, wanted.as_ref()), &declared));
        let wanted = wanted.as_ref().map(|wanted| quote!(: #wanted));
        quote!(#(#attributes)* let #mutable #name #wanted = #value;)
    }

    fn params(self, params: &Params) -> TokenStream {
        let guard = quote_spanned!(Span::mixed_site()=> _params);
        let scope = self.body(&params.scope);
        let enter = match self {
            Self::Plain => quote_spanned!(params.span=> params),
            // held over an await by a future that may go on in another thread, its view with it
            Self::Awaiting => quote_spanned!(params.span=> Held::enter),
        };
        quote!(let #guard = ::hyperparameter::private::#enter(#scope);)
    }
}

/// Evaluate what is set, then do something with the key and the value.
fn given(set: &Set, act: impl Fn(&TokenStream, &TokenStream) -> TokenStream) -> TokenStream {
    let Set { key, value } = set;
    let given = Expansion::Plain.body(value);
    let key_place = place(key, "__key");
    let name = quote_spanned!(Span::mixed_site()=> value);
    let value = quote_spanned! {key.span=>
        (&&::hyperparameter::private::Give::of(&#name)).give(#name)
    };
    let act = respanned(act(&key_place, &value), key.span);
    // A tuple, since what is given may not stand alone as what is matched. Nothing that is declared in the arm
    // is seen by what is given.
    quote! {
        match (#given,) {
            (#name,) => {
                #[allow(unused_imports)]
                use ::hyperparameter::private::{GiveAny as _, GiveInto as _};
                #act
            }
        }
    }
}

/// Give tokens that are ours the place of the user's, which is where a value is said to have been set.
fn respanned(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token| {
            if let TokenTree::Punct(_) | TokenTree::Ident(_) = token {
                let resolved = token.span().resolved_at(span).located_at(span);
                token.set_span(resolved);
            }
            token
        })
        .collect()
}

/// Return the static of a place that reads or sets a key.
fn place(key: &Key, of: &str) -> TokenStream {
    let Key { text, span } = key;
    let name = syn::Ident::new(of, *span);
    quote_spanned!(*span=> ::hyperparameter::#name!(#text))
}

/// Return a default as its type; a literal text is made the owned one that it is read as.
fn typed(default: TokenStream, wanted: Option<&Type>) -> TokenStream {
    let text = syn::parse2::<LitStr>(default.clone()).ok();
    match (wanted, text) {
        (None, None) => default,
        (None, Some(text)) => quote_spanned!(text.span()=> ::std::string::String::from(#text)),
        (Some(wanted), None) => {
            let name = quote_spanned!(Span::mixed_site()=> default);
            quote!({ let #name: #wanted = #default; #name })
        }
        (Some(wanted), Some(text)) => {
            quote_spanned!(text.span()=> <#wanted as ::core::convert::From<&str>>::from(#text))
        }
    }
}

/// Declare a parameter that has a help text.
fn declared(key: &Key, source: &TokenStream, help: Option<TokenStream>) -> Option<TokenStream> {
    let (text, help) = (&key.text, help?);
    Some(
        quote_spanned!(key.span=> ::hyperparameter::__declare!(#text, ::core::stringify!(#source), #help);),
    )
}

/// Read a parameter that has a default: an expression of type `Result`.
fn read(key: &Key, default: &TokenStream, declared: &Option<TokenStream>) -> TokenStream {
    let place = place(key, "__place");
    let name = quote_spanned!(Span::mixed_site()=> default);
    let ask = quote_spanned! {key.span=>
        (&&&::hyperparameter::private::Ask::of(&#name)).ask(#place, #name)
    };
    quote! {
        match (#default,) {
            (#name,) => {
                #declared
                #[allow(unused_imports)]
                use ::hyperparameter::private::{ByRule as _, BySerde as _, ByType as _};
                #ask
            }
        }
    }
}

fn unwrapped(key: &Key, read: &TokenStream) -> TokenStream {
    quote_spanned!(key.span=> ::hyperparameter::private::unwrap(#read))
}

pub(crate) fn get_param(given: &Read) -> TokenStream {
    unwrapped(&given.key, &try_get_param(given))
}

pub(crate) fn try_get_param(given: &Read) -> TokenStream {
    let Read { key, default, help } = given;
    let Some(source) = default else {
        let place = place(key, "__key");
        return quote_spanned!(key.span=> ::hyperparameter::private::require(#place));
    };
    let source = source.to_token_stream();
    let declared = declared(key, &source, help.as_ref().map(ToTokens::to_token_stream));
    read(key, &typed(source, None), &declared)
}
