//! Expands a block that awaits: a future, awaited in place.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Block, Result, parse2};

use super::exits::{Exits, ExpandBlock};

/// Return the future of an expanded block, awaited. An error about the await points at `await_span`.
pub(super) fn awaited_future(
    body: TokenStream,
    await_span: Span,
    expand_block: ExpandBlock,
) -> Result<TokenStream> {
    let mut block: Block = parse2(quote!({ #body }))?;
    let exits = Exits::redirect(&mut block, expand_block)?;
    let private = quote!(::hyperparameter::__private);
    let awaited = quote_spanned!(await_span=> .await);
    let site = Span::mixed_site();
    let value = quote_spanned!(site=> value);
    let returned = quote_spanned!(site=> returned);
    // If the block has no `return`, the compiler cannot infer the type of the returned value. `Infallible` says
    // that there is no such value.
    let (types, take_return) = if exits.has_return {
        (quote!(::<_, _>), quote!(return #returned))
    } else {
        (
            quote!(::<_, ::core::convert::Infallible>),
            quote!(match #returned {}),
        )
    };
    let jumps = exits
        .jumps
        .iter()
        .enumerate()
        .map(|(number, jump)| quote!(#private::BlockExit::Jump(#number) => #jump,));
    Ok(quote! {
        match #private::in_new_scope(async {
            #[allow(unreachable_code)]
            #private::BlockExit #types::Value(#block)
        })#awaited {
            #private::BlockExit::Value(#value) => #value,
            #private::BlockExit::Return(#returned) => #take_return,
            #(#jumps)*
            #[allow(unreachable_patterns)]
            #private::BlockExit::Jump(_) => ::core::unreachable!(),
        }
    })
}
