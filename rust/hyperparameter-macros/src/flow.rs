//! Blocks that await: a future, awaited in place, and the ways to leave it.
//!
//! Inside of the future `return`, `?` and a `break` to a loop outside would leave the future alone. So
//! there they say what is to be done, and it is done where the future is awaited.

use proc_macro2::{Span, TokenStream, TokenTree};
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
use crate::parse::{Body, Piece};

/// Return where a block awaits first, in itself or in what it gives to a macro.
pub(crate) fn awaits(body: &Body) -> Option<Span> {
    let mut tokens = TokenStream::new();
    flatten(body, &mut tokens);
    tokens_await(tokens)
}

fn flatten(body: &Body, tokens: &mut TokenStream) {
    for piece in &body.pieces {
        match piece {
            Piece::Token(token) => token.to_tokens(tokens),
            Piece::Group(group, _) => group.to_tokens(tokens),
            Piece::Statement(statement) => flatten(statement.body(), tokens),
        }
    }
}

fn tokens_await(tokens: TokenStream) -> Option<Span> {
    let mut after_dot = false;
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Ident(word) if word == "await" && after_dot => return Some(word.span()),
            // what is in a block, closure or function of its own is awaited there
            TokenTree::Ident(word) if word == "async" => {
                tokens
                    .by_ref()
                    .find(|token| matches!(token, TokenTree::Group(group) if is_block(group)));
            }
            TokenTree::Group(group) => {
                if let Some(span) = tokens_await(group.stream()) {
                    return Some(span);
                }
            }
            _ => {}
        }
        after_dot = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '.');
    }
    None
}

fn is_block(group: &proc_macro2::Group) -> bool {
    group.delimiter() == proc_macro2::Delimiter::Brace
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
    if !ways.returns && ways.jumps.is_empty() {
        // in braces: as a statement it needs no more of a `;` than the block that it stands for
        return Ok(quote!({ #private::scoped(async #block)#awaited }));
    }
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
