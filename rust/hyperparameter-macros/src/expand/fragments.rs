//! Protects the fragments that other macros pass on.
//!
//! A `macro_rules!` macro passes a `$value:expr` on as a group without visible delimiters. The compiler does
//! not keep such a group together in the output of a procedural macro: `$value * 2`, for the value `1 + 2`,
//! would become `1 + 2 * 2`. Parentheses keep it together: `(1 + 2) * 2`.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use syn::Expr;

pub(super) fn protect_fragments(tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .map(|token| protect_fragment(&token))
        .collect()
}

/// Return a token, with parentheses around the fragments that need them.
pub(super) fn protect_fragment(token: &TokenTree) -> TokenTree {
    let TokenTree::Group(group) = token else {
        return token.clone();
    };
    let tokens = protect_fragments(group.stream());
    let (delimiter, span) = if is_compound_fragment(group) {
        (Delimiter::Parenthesis, Span::mixed_site())
    } else {
        (group.delimiter(), group.span())
    };
    let mut protected = Group::new(delimiter, tokens);
    protected.set_span(span);
    protected.into()
}

fn is_compound_fragment(group: &Group) -> bool {
    group.delimiter() == Delimiter::None
        && syn::parse2(group.stream()).is_ok_and(|expression| is_compound(&expression))
}

/// Return whether operators around an expression could take it apart.
fn is_compound(expression: &Expr) -> bool {
    match expression {
        Expr::Group(group) => is_compound(&group.expr),
        Expr::Array(_)
        | Expr::Async(_)
        | Expr::Await(_)
        | Expr::Block(_)
        | Expr::Call(_)
        | Expr::Field(_)
        | Expr::Index(_)
        | Expr::Lit(_)
        | Expr::Macro(_)
        | Expr::MethodCall(_)
        | Expr::Paren(_)
        | Expr::Path(_)
        | Expr::Repeat(_)
        | Expr::Try(_)
        | Expr::Tuple(_)
        | Expr::Unsafe(_)
        | Expr::Verbatim(_) => false,
        _ => true,
    }
}
