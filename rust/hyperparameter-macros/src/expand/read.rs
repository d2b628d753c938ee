//! Expands the reading of a parameter: `get_param!`, `try_get_param!` and the statement `get`.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{LitStr, Type};

use super::fragments::protect_fragments;
use super::source_text::source_text;
use crate::syntax::{Key, ReadArguments};

pub(crate) fn get_param(arguments: &ReadArguments) -> TokenStream {
    unwrap(&arguments.key, &try_get_param(arguments))
}

pub(crate) fn try_get_param(arguments: &ReadArguments) -> TokenStream {
    let ReadArguments { key, default, help } = arguments;
    let Some(default) = default else {
        let key_static = key.static_key();
        return quote_spanned!(key.span=> ::hyperparameter::__private::require(#key_static));
    };
    let declaration = declaration(key, default.clone(), help.clone());
    read(key, &protect_fragments(default.clone()), &declaration)
}

/// Read a parameter that has a default: an expression of type `Result`.
pub(super) fn read(
    key: &Key,
    default: &TokenStream,
    declaration: &Option<TokenStream>,
) -> TokenStream {
    let place = key.place();
    let name = quote_spanned!(Span::mixed_site()=> default);
    let call = quote_spanned! {key.span=>
        (&&&&&&&::hyperparameter::__private::ReadAs::type_of(&#name)).read_param(#place, #name)
    };
    quote! {
        match (#default,) {
            (#name,) => {
                #declaration
                #[allow(unused_imports)]
                use ::hyperparameter::__private::{
                    ByMerging as _, ByMergingOption as _, ByOption as _, ByRule as _, BySerde as _, ByText as _,
                    ByType as _,
                };
                #call
            }
        }
    }
}

/// Return the value of a read, or panic with its error at the line of the key.
pub(super) fn unwrap(key: &Key, read: &TokenStream) -> TokenStream {
    let call = quote_spanned!(key.span=> __unwrap(#read));
    quote!({
        use ::hyperparameter::__private::unwrap_or_panic as __unwrap;
        #call
    })
}

/// Return a default as the annotated type. A string literal is converted to it.
pub(super) fn as_annotated(default: TokenStream, annotation: &Type) -> TokenStream {
    if let Ok(text) = syn::parse2::<LitStr>(default.clone()) {
        return quote_spanned!(text.span()=> <#annotation as ::core::convert::From<&str>>::from(#text));
    }
    let name = quote_spanned!(Span::mixed_site()=> default);
    quote!({ let #name: #annotation = #default; #name })
}

/// Declare a parameter if it has a help text, so that the program can list it.
pub(super) fn declaration(
    key: &Key,
    default: TokenStream,
    help: Option<TokenStream>,
) -> Option<TokenStream> {
    let (text, help, default) = (&key.text, help?, source_text(default));
    Some(quote_spanned!(key.span=> ::hyperparameter::__declare!(#text, #default, #help);))
}

impl Key {
    /// Return a reference to a static that holds the key.
    pub(super) fn static_key(&self) -> TokenStream {
        let Self { text, span } = self;
        quote_spanned!(*span=> ::hyperparameter::__key!(#text))
    }

    /// Return the place of a read: a static for the key, and a thread-local cache of its value.
    fn place(&self) -> TokenStream {
        let Self { text, span } = self;
        quote_spanned!(*span=> ::hyperparameter::__place!(#text))
    }
}
