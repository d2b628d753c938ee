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
    if let Some(span) = flow::awaits(body) {
        return flow::future(Expansion::Awaiting.body(body), span);
    }
    let guard = quote_spanned!(Span::mixed_site()=> _block);
    if let Some((Piece::Statement(Statement::Set(set)), rest)) = body.pieces.split_first() {
        let entered = Expansion::Plain.given(set, "Block::enter_with");
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
        let done = self.given(set, "set");
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
        let default = match wanted {
            Some(wanted) => typed(source, wanted),
            None => source,
        };
        let value = unwrapped(key, &read(key, &default, &declared));
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

    /// Evaluate what is set, then call a function of ours with the key and the value.
    ///
    /// The call stands where the key does: that is where the value is said to have been set.
    fn given(self, set: &Set, function: &str) -> TokenStream {
        let Set { key, value } = set;
        let given = self.body(value);
        let place = place(key, "__key");
        let function: syn::Path = syn::parse_str(function).expect("a path of ours");
        let name = quote_spanned!(Span::mixed_site()=> value);
        let call = quote_spanned! {key.span=>
            ::hyperparameter::private::#function(#place, (&&::hyperparameter::private::Give::of(&#name)).give(#name))
        };
        // A tuple, since what is given may not stand alone as what is matched. Nothing that is declared in the arm
        // is seen by what is given.
        quote! {
            match (#given,) {
                (#name,) => {
                    #[allow(unused_imports)]
                    use ::hyperparameter::private::{GiveAny as _, GiveInto as _};
                    #call
                }
            }
        }
    }
}

/// Return the static of a place that reads or sets a key.
fn place(key: &Key, of: &str) -> TokenStream {
    let Key { text, span } = key;
    let name = syn::Ident::new(of, *span);
    quote_spanned!(*span=> ::hyperparameter::#name!(#text))
}

/// Return a default as the type that is wanted; a literal text is made what it is read as.
fn typed(default: TokenStream, wanted: &Type) -> TokenStream {
    if let Ok(text) = syn::parse2::<LitStr>(default.clone()) {
        return quote_spanned!(text.span()=> <#wanted as ::core::convert::From<&str>>::from(#text));
    }
    let name = quote_spanned!(Span::mixed_site()=> default);
    quote!({ let #name: #wanted = #default; #name })
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
        (&&&&::hyperparameter::private::Ask::of(&#name)).ask(#place, #name)
    };
    quote! {
        match (#default,) {
            (#name,) => {
                #declared
                #[allow(unused_imports)]
                use ::hyperparameter::private::{ByRule as _, BySerde as _, ByText as _, ByType as _};
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
    read(key, &source, &declared)
}
