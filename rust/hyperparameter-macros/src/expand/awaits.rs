//! Finds the first `.await` of a block.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, ExprAsync, ExprAwait, ExprClosure, Item, Macro};

use crate::tokens::{is_braced, is_punct, is_word};

/// Return the place of the first `.await` of a block, including the input of macros.
///
/// The content of an `async` block, closure or function does not count: the block around it does not await it.
pub(super) fn first_await(block: &Block) -> Option<Span> {
    let mut finder = AwaitFinder(None);
    finder.visit_block(block);
    finder.0
}

struct AwaitFinder(Option<Span>);

impl<'ast> Visit<'ast> for AwaitFinder {
    fn visit_expr_await(&mut self, expression: &'ast ExprAwait) {
        visit::visit_expr_await(self, expression);
        self.0.get_or_insert(expression.await_token.span());
    }

    fn visit_macro(&mut self, invocation: &'ast Macro) {
        if self.0.is_none() {
            self.0 = first_await_of_tokens(invocation.tokens.clone());
        }
    }

    fn visit_expr_async(&mut self, _: &'ast ExprAsync) {}

    fn visit_expr_closure(&mut self, _: &'ast ExprClosure) {}

    fn visit_item(&mut self, _: &'ast Item) {}
}

/// Return the place of the first `.await` in the input of a macro.
///
/// The input of a macro need not be Rust, so only its tokens can tell.
fn first_await_of_tokens(tokens: TokenStream) -> Option<Span> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut position = 0;
    let mut is_after_dot = false;
    while let Some(token) = tokens.get(position) {
        position += 1;
        match token {
            TokenTree::Ident(word) if word == "await" && is_after_dot => return Some(word.span()),
            TokenTree::Ident(word) if word == "async" => {
                position += async_length(&tokens[position..]);
            }
            TokenTree::Group(group) => {
                if let Some(span) = first_await_of_tokens(group.stream()) {
                    return Some(span);
                }
            }
            _ => {}
        }
        is_after_dot = is_punct(token, '.');
    }
    None
}

/// Return how many tokens after the word `async` belong to the block, closure or function.
fn async_length(tokens: &[TokenTree]) -> usize {
    let through_block = |start| {
        let block = position_from(tokens, start, is_braced);
        block.map_or(tokens.len(), |block| block + 1)
    };
    let start = usize::from(tokens.first().is_some_and(|token| is_word(token, "move")));
    let is_bar = |token: &TokenTree| is_punct(token, '|');
    if !tokens.get(start).is_some_and(is_bar) {
        // This is an `async` block or function.
        return through_block(0);
    }
    let Some(closing_bar) = position_from(tokens, start + 1, is_bar) else {
        return tokens.len();
    };
    let body = closing_bar + 1;
    match tokens.get(body) {
        Some(block) if is_braced(block) => body + 1,
        // A closure with a return type needs a block.
        Some(arrow) if is_punct(arrow, '-') => through_block(body),
        _ => {
            let is_end = |token: &TokenTree| is_punct(token, ';') || is_punct(token, ',');
            position_from(tokens, body, is_end).unwrap_or(tokens.len())
        }
    }
}

/// Return the position of the first match at `start` or after it.
fn position_from(
    tokens: &[TokenTree],
    start: usize,
    matches: impl Fn(&TokenTree) -> bool,
) -> Option<usize> {
    let position = tokens[start..].iter().position(matches)?;
    Some(start + position)
}
