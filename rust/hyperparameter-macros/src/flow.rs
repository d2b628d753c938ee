//! Blocks that await: a future, awaited in place, and the ways to leave it.
//!
//! Inside of the future `return`, `?` and a `break` to a loop outside would leave the future alone. So
//! there they say what is to be done, and it is done where the future is awaited.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Block, Error, Expr, Item, Label, Lifetime, Macro, Result, Stmt, Token, parse_quote_spanned,
    parse2,
};

use crate::expand;
use crate::parse::{Body, is_punct};

/// Return where a block awaits first, in itself or in what it gives to a macro.
pub(crate) fn awaits(body: &Body) -> Option<Span> {
    tokens_await(body.tokens())
}

fn tokens_await(tokens: TokenStream) -> Option<Span> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let (mut at, mut after_dot) = (0, false);
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Ident(word) if word == "await" && after_dot => return Some(word.span()),
            // what is in a block, closure or function of its own is awaited there
            TokenTree::Ident(word) if word == "async" => at += asynchronous(&tokens[at..]),
            TokenTree::Group(group) => {
                if let Some(span) = tokens_await(group.stream()) {
                    return Some(span);
                }
            }
            _ => {}
        }
        after_dot = is_punct(token, '.');
    }
    None
}

/// Return how many tokens after `async` are what it makes asynchronous.
fn asynchronous(tokens: &[TokenTree]) -> usize {
    let block = |from: usize| {
        let is_block =
            |token: &TokenTree| matches!(token, TokenTree::Group(group) if is_block(group));
        tokens[from..]
            .iter()
            .position(is_block)
            .map_or(tokens.len(), |block| from + block + 1)
    };
    let is_word = |at: usize, wanted: &str| matches!(tokens.get(at), Some(TokenTree::Ident(word)) if word == wanted);
    let start = usize::from(is_word(0, "move"));
    if !tokens.get(start).is_some_and(|token| is_punct(token, '|')) {
        return block(0); // a block, or a function
    }
    let Some(inputs) = tokens[start + 1..]
        .iter()
        .position(|token| is_punct(token, '|'))
    else {
        return tokens.len();
    };
    let body = start + inputs + 2;
    match tokens.get(body) {
        Some(TokenTree::Group(group)) if is_block(group) => body + 1,
        Some(arrow) if is_punct(arrow, '-') => block(body), // with its type it needs a block
        _ => {
            let is_end = |token: &TokenTree| is_punct(token, ';') || is_punct(token, ',');
            tokens[body..]
                .iter()
                .position(is_end)
                .map_or(tokens.len(), |end| body + end)
        }
    }
}

fn is_block(group: &Group) -> bool {
    group.delimiter() == Delimiter::Brace
}

/// Return the future that a block is, awaited; a fault of that is told where the block awaits.
pub(crate) fn future(body: TokenStream, span: Span) -> Result<TokenStream> {
    let mut block: Block = parse2(quote!({ #body }))?;
    let mut ways = Ways::default();
    ways.visit_block_mut(&mut block);
    if let Some(error) = ways.error {
        return Err(error);
    }
    let private = quote!(::hyperparameter::private);
    let awaited = quote_spanned!(span=> .await);
    let site = Span::mixed_site();
    let (value, returned) = (
        quote_spanned!(site=> value),
        quote_spanned!(site=> returned),
    );
    let (types, returns) = if ways.returns {
        (
            quote!(::<_, _>),
            quote!(#private::Flow::Return(#returned) => return #returned,),
        )
    } else {
        (
            quote!(::<_, ::core::convert::Infallible>),
            quote!(#private::Flow::Return(#returned) => match #returned {},),
        )
    };
    let jumps = ways
        .jumps
        .iter()
        .enumerate()
        .map(|(number, jump)| quote!(#private::Flow::Jump(#number) => #jump,));
    Ok(quote! {
        match #private::scoped(async {
            #[allow(unreachable_code)]
            #private::Flow #types::Value(#block)
        })#awaited {
            #private::Flow::Value(#value) => #value,
            #returns
            #(#jumps)*
            #[allow(unreachable_patterns)]
            #private::Flow::Jump(_) => ::core::unreachable!(),
        }
    })
}

/// Finds the ways in which a block leaves what is around it, and puts in their place what the future says.
#[derive(Default)]
struct Ways {
    returns: bool,
    jumps: Vec<TokenStream>,
    loops: usize, // that the visited place is in, in this block
    labels: Vec<Lifetime>,
    error: Option<Error>,
}

impl Ways {
    fn jump(&mut self, to: TokenStream, span: Span) -> Expr {
        let known = self
            .jumps
            .iter()
            .position(|jump| jump.to_string() == to.to_string());
        let number = known.unwrap_or_else(|| {
            self.jumps.push(to);
            self.jumps.len() - 1
        });
        parse_quote_spanned!(span=> return ::hyperparameter::private::Flow::Jump(#number))
    }

    fn stays(&self, label: Option<&Lifetime>) -> bool {
        label.map_or(self.loops > 0, |label| self.labels.contains(label))
    }

    fn labelled(&mut self, label: Option<&Label>, is_loop: bool, visit: impl FnOnce(&mut Self)) {
        let known = self.labels.len();
        self.labels.extend(label.map(|label| label.name.clone()));
        self.loops += usize::from(is_loop);
        visit(self);
        self.loops -= usize::from(is_loop);
        self.labels.truncate(known);
    }

    /// Look into what a macro is given: another block of ours is expanded, a list of expressions looked through.
    fn visit_given(&mut self, given: &mut Macro) -> Result<Option<Expr>> {
        if given
            .path
            .segments
            .last()
            .is_some_and(|segment| segment.ident == "with_params")
        {
            let body = Body::of_block(given.tokens.clone())?;
            let mut expanded: Expr = parse2(expand::with_params(&body)?)?;
            self.visit_expr_mut(&mut expanded);
            return Ok(Some(expanded));
        }
        let list = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(given.tokens.clone());
        if let Ok(mut list) = list {
            for expression in &mut list {
                self.visit_expr_mut(expression);
            }
            given.tokens = list.to_token_stream();
        }
        Ok(None)
    }
}

impl VisitMut for Ways {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        let span = expression.span();
        match expression {
            Expr::Return(given) => {
                visit_mut::visit_expr_return_mut(self, given);
                self.returns = true;
                let value = given
                    .expr
                    .take()
                    .map_or_else(|| quote!(()), |value| value.to_token_stream());
                *expression = parse_quote_spanned!(span=> return ::hyperparameter::private::Flow::Return(#value));
            }
            Expr::Try(tried) => {
                visit_mut::visit_expr_try_mut(self, tried);
                self.returns = true;
                let (value, question) = (&tried.expr, tried.question_token.span());
                let (output, residual) = (
                    quote_spanned!(Span::mixed_site()=> output),
                    quote_spanned!(Span::mixed_site()=> residual),
                );
                *expression = parse_quote_spanned! {question=>
                    match ::hyperparameter::private::Branch::branch(#value) {
                        ::core::result::Result::Ok(#output) => #output,
                        ::core::result::Result::Err(#residual) => return ::hyperparameter::private::Flow::Return(
                            ::hyperparameter::private::FromResidual::from_residual(#residual)
                        ),
                    }
                };
            }
            Expr::Break(jump) if !self.stays(jump.label.as_ref()) => {
                if jump.expr.is_some() {
                    let message = "a `break` with a value cannot leave a block that awaits";
                    self.error.get_or_insert(Error::new(span, message));
                }
                *expression = self.jump(jump.to_token_stream(), span);
            }
            Expr::Continue(jump) if !self.stays(jump.label.as_ref()) => {
                *expression = self.jump(jump.to_token_stream(), span);
            }
            Expr::Macro(given) => match self.visit_given(&mut given.mac) {
                Ok(Some(expanded)) => *expression = expanded,
                Ok(None) => {}
                Err(error) => {
                    self.error.get_or_insert(error);
                }
            },
            Expr::Loop(inner) => {
                let label = inner.label.clone();
                self.labelled(label.as_ref(), true, |ways| {
                    visit_mut::visit_expr_loop_mut(ways, inner);
                });
            }
            Expr::While(inner) => {
                let label = inner.label.clone();
                self.labelled(label.as_ref(), true, |ways| {
                    visit_mut::visit_expr_while_mut(ways, inner);
                });
            }
            Expr::ForLoop(inner) => {
                let label = inner.label.clone();
                self.visit_expr_mut(&mut inner.expr);
                self.labelled(label.as_ref(), true, |ways| {
                    ways.visit_block_mut(&mut inner.body);
                });
            }
            Expr::Block(inner) => {
                let label = inner.label.clone();
                self.labelled(label.as_ref(), false, |ways| {
                    visit_mut::visit_expr_block_mut(ways, inner);
                });
            }
            // a function's own ways
            Expr::Closure(_) | Expr::Async(_) | Expr::Const(_) => {}
            _ => visit_mut::visit_expr_mut(self, expression),
        }
    }

    fn visit_stmt_mut(&mut self, statement: &mut Stmt) {
        let Stmt::Macro(given) = statement else {
            return visit_mut::visit_stmt_mut(self, statement);
        };
        match self.visit_given(&mut given.mac) {
            Ok(Some(expanded)) => *statement = Stmt::Expr(expanded, given.semi_token),
            Ok(None) => {}
            Err(error) => {
                self.error.get_or_insert(error);
            }
        }
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}
