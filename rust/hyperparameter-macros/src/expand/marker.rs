//! Markers: calls that stand for `set` and `params` until it is known which function they are in.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, ExprCall, Lit, Result};

use crate::syntax::Key;

const SET: &str = "__hyperparameter_set";
const PARAMS: &str = "__hyperparameter_params";

/// Return the marker of `set key = value;`.
pub(super) fn set(key: &Key, value: &TokenStream) -> TokenStream {
    let (name, text) = (Ident::new(SET, key.span), &key.text);
    quote!(#name(#text, #value))
}

/// Return the marker of `params scope;`. `span` is the place of the word `params`.
pub(super) fn params(span: Span, scope: &TokenStream) -> TokenStream {
    let name = Ident::new(PARAMS, span);
    quote!(#name(#scope))
}

/// The content of a marker.
pub(super) enum Marker {
    Set { key: Key, value: Expr },
    Params { span: Span, scope: Expr },
}

impl Marker {
    /// Return whether a call is a marker.
    pub(super) fn is(call: &ExprCall) -> bool {
        name_of(call).is_some()
    }

    /// Return the content of a call that is a marker.
    ///
    /// # Errors
    /// An error at the first token after an expression: after the value or the scope a `;` has to follow.
    pub(super) fn read(call: &ExprCall) -> Result<Self> {
        let name = name_of(call).expect("the caller checked that this is a marker");
        let count = if name == SET { 2 } else { 1 };
        if let Some(excess) = call.args.iter().nth(count) {
            let message = format!(
                "expected `;` after the {}, found `,`",
                if name == SET { "value" } else { "scope" }
            );
            return Err(syn::Error::new_spanned(excess, message));
        }
        match (call.args.first(), call.args.last()) {
            (Some(Expr::Lit(key)), Some(value)) if name == SET => match &key.lit {
                Lit::Str(text) => Ok(Self::Set {
                    key: Key {
                        span: text.span(),
                        text: text.clone(),
                    },
                    value: value.clone(),
                }),
                _ => unreachable!("the first argument of this marker is a text"),
            },
            (_, Some(scope)) => Ok(Self::Params {
                span: name.span(),
                scope: scope.clone(),
            }),
            _ => unreachable!("a marker has an argument"),
        }
    }
}

/// Return the name of the marker that a call is.
fn name_of(call: &ExprCall) -> Option<&Ident> {
    match &*call.func {
        Expr::Path(path) => path.path.get_ident(),
        _ => None,
    }
    .filter(|name| *name == SET || *name == PARAMS)
}

impl Key {
    /// Evaluate a value, then call a function of the crate with this key and the value.
    ///
    /// The call has the span of the key, so that the origin of the value is the line of the key. The path of the crate
    /// has another span, so it is not a part of the call.
    pub(super) fn call_with_value(&self, function: &TokenStream, value: &Expr) -> TokenStream {
        let key_static = self.static_key();
        let name = quote_spanned!(Span::mixed_site()=> value);
        let call = quote_spanned! {self.span=>
            __function(
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
                    use ::hyperparameter::__private::{
                        ByAny as _, ByFields as _, ByInto as _, #function as __function,
                    };
                    #call
                }
            }
        }
    }
}
