//! Gives the functions of a block their scopes.
//!
//! A function, a closure or an `async` block does not run where it is written. What it sets therefore goes to a scope
//! of its own. Only the parsed code shows where a function begins and ends: the `|` in `|on| if on { set a = 1; }`
//! begins a closure, and the `|` in `mask | { set a = 1; 2 }` does not.

use std::mem;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Block, Error, Expr, ExprAsync, ExprClosure, ImplItemFn, ItemFn, Result, Stmt,
    TraitItemFn, parse_quote, parse2,
};

use super::awaits::first_await;
use super::exits::ExpandBlock;
use super::future::awaited_future;
use super::marker::Marker;

/// Expand the markers in the tokens of a block, and give the block and each function inside it the scope that it needs.
pub(super) fn add_scopes(tokens: TokenStream, expand_block: ExpandBlock) -> Result<TokenStream> {
    let mut block: Block = parse2(quote!({ #tokens }))?;
    let mut visitor = ScopeVisitor {
        function: Function::default(),
        expand_block,
        error: None,
    };
    visitor.visit_function(&mut block);
    match visitor.error {
        Some(error) => Err(error),
        None => Ok(block.into_token_stream()),
    }
}

struct ScopeVisitor {
    /// The function around the visited code.
    function: Function,
    expand_block: ExpandBlock,
    /// The first error.
    error: Option<Error>,
}

/// A function, a closure, an `async` block, or the block of the macro itself.
#[derive(Default)]
struct Function {
    /// Whether it contains `.await`. It then becomes a future, which can continue in another thread.
    awaits: bool,
    /// Whether a statement in it needs a scope.
    needs_scope: bool,
}

impl ScopeVisitor {
    /// Visit the body of a function, and give it the scope that it needs. Return whether it needs one.
    fn visit_function(&mut self, body: &mut Block) -> bool {
        let await_span = first_await(body);
        let function = Function {
            awaits: await_span.is_some(),
            needs_scope: false,
        };
        let outer = mem::replace(&mut self.function, function);
        let entered = self.enter_block(body);
        self.visit_block_mut(body);
        let needs_scope = mem::replace(&mut self.function, outer).needs_scope;
        if needs_scope {
            let result = match await_span {
                Some(span) => awaited_future(body.to_token_stream(), span, self.expand_block)
                    .map(|future| parse_quote!({ #future })),
                None => Ok(block_after(entered, body)),
            };
            match result {
                Ok(block) => *body = block,
                Err(error) => self.report(error),
            }
        }
        needs_scope
    }

    /// Return the expression that enters the scope of a block that does not await.
    ///
    /// Entering a scope with its overrides is faster than entering it empty. So the leading `set` statements move into
    /// this expression. The first value can be any expression. Those after it have to be plain, because the values
    /// before them are not set yet when they are evaluated.
    fn enter_block(&mut self, body: &mut Block) -> TokenStream {
        let count = body
            .stmts
            .iter()
            .enumerate()
            .take_while(|(index, statement)| {
                leading_set(statement).is_some_and(|value| *index == 0 || is_plain(value))
            })
            .count();
        if self.function.awaits || count == 0 {
            return quote!(::hyperparameter::__private::BlockScope::enter());
        }
        self.function.needs_scope = true;
        let mut settings = Vec::new();
        for statement in body.stmts.drain(..count) {
            let Stmt::Expr(Expr::Call(call), _) = statement else {
                unreachable!("a leading `set` is a call");
            };
            match Marker::read(&call) {
                Ok(Marker::Set { key, mut value }) => {
                    self.visit_expr_mut(&mut value);
                    settings.push(key.call_with_value(&quote!(setting), &value));
                }
                Ok(Marker::Params { .. }) => unreachable!("a leading `set` is no `params`"),
                Err(error) => self.report(error),
            }
        }
        quote!(::hyperparameter::__private::BlockScope::enter_with([#(#settings),*]))
    }

    /// Return what a marker expands to.
    fn expand_marker(&mut self, marker: Marker, attributes: &[Attribute]) -> Expr {
        self.function.needs_scope = true;
        match marker {
            Marker::Set { key, mut value } => {
                self.visit_expr_mut(&mut value);
                let call = key.call_with_value(&quote!(set), &value);
                parse_quote!(#(#attributes)* #call)
            }
            Marker::Params { span, mut scope } => {
                self.visit_expr_mut(&mut scope);
                let enter = if self.function.awaits {
                    // The future may continue in another thread, so its guard has to be `Send`.
                    quote_spanned!(span=> SendGuard::enter)
                } else {
                    quote_spanned!(span=> enter_params)
                };
                parse_quote!(::hyperparameter::__private::#enter(#scope))
            }
        }
    }

    /// Store an error, if it is the first.
    fn report(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }
}

/// Return the value of a `set` statement without attributes.
fn leading_set(statement: &Stmt) -> Option<&Expr> {
    match statement {
        Stmt::Expr(Expr::Call(call), Some(_)) => {
            let is_set = Marker::is(call) && call.attrs.is_empty() && call.args.len() == 2;
            call.args.last().filter(|_| is_set)
        }
        _ => None,
    }
}

/// Return whether an expression calls nothing, so that it cannot read a parameter.
fn is_plain(expression: &Expr) -> bool {
    match expression {
        Expr::Lit(_) | Expr::Path(_) => true,
        Expr::Field(field) => is_plain(&field.base),
        Expr::Group(group) => is_plain(&group.expr),
        Expr::Paren(paren) => is_plain(&paren.expr),
        Expr::Reference(reference) => is_plain(&reference.expr),
        Expr::Unary(unary) => matches!(&*unary.expr, Expr::Lit(_)),
        Expr::Array(array) => array.elems.iter().all(is_plain),
        Expr::Tuple(tuple) => tuple.elems.iter().all(is_plain),
        _ => false,
    }
}

/// Return a block in a scope. `entered` is the expression that enters it.
fn block_after(entered: TokenStream, body: &Block) -> Block {
    let guard = quote_spanned!(Span::mixed_site()=> _block);
    let statements = &body.stmts;
    parse_quote!({ let #guard = #entered; #(#statements)* })
}

impl VisitMut for ScopeVisitor {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        match expression {
            Expr::Call(call) if Marker::is(call) => match Marker::read(call) {
                Ok(marker) => *expression = self.expand_marker(marker, &call.attrs),
                Err(error) => self.report(error),
            },
            _ => visit_mut::visit_expr_mut(self, expression),
        }
    }

    fn visit_expr_closure_mut(&mut self, closure: &mut ExprClosure) {
        if let Expr::Block(block) = &mut *closure.body
            && block.label.is_none()
        {
            self.visit_function(&mut block.block);
            return;
        }
        let mut body: Block = parse_quote!({});
        body.stmts.push(Stmt::Expr((*closure.body).clone(), None));
        if self.visit_function(&mut body) {
            *closure.body = parse_quote!(#body);
        } else if let Some(Stmt::Expr(visited, None)) = body.stmts.pop() {
            *closure.body = visited;
        }
    }

    fn visit_expr_async_mut(&mut self, block: &mut ExprAsync) {
        self.visit_function(&mut block.block);
    }

    fn visit_item_fn_mut(&mut self, function: &mut ItemFn) {
        self.visit_function(&mut function.block);
    }

    fn visit_impl_item_fn_mut(&mut self, function: &mut ImplItemFn) {
        self.visit_function(&mut function.block);
    }

    fn visit_trait_item_fn_mut(&mut self, function: &mut TraitItemFn) {
        if let Some(body) = &mut function.default {
            self.visit_function(body);
        }
    }
}
