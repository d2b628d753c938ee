//! Redirects the exits of a block that awaits.
//!
//! The block becomes a future, so `return`, `?`, and a `break` or `continue` to an outer loop cannot leave the
//! code around it. Each is replaced by a `return` of a `BlockExit`, which the code around the future evaluates.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{
    Block, Error, Expr, ExprBreak, ExprReturn, ExprTry, Item, Label, Lifetime, Macro, Result, Stmt,
    Token, parse_quote_spanned, parse2,
};

/// A function that expands the input of a `with_params!`.
pub(super) type ExpandBlock = fn(TokenStream) -> Result<TokenStream>;

/// The exits of a block.
pub(super) struct Exits {
    /// Whether the block contains `return` or `?`.
    pub(super) has_return: bool,
    /// Each different `break` or `continue` to an outer loop. `BlockExit::Jump` holds its index.
    pub(super) jumps: Vec<TokenStream>,
}

impl Exits {
    /// Replace the exits of a block, and return them.
    pub(super) fn redirect(block: &mut Block, expand_block: ExpandBlock) -> Result<Self> {
        let mut visitor = ExitVisitor {
            expand_block,
            exits: Self {
                has_return: false,
                jumps: Vec::new(),
            },
            jump_targets: Vec::new(),
            error: None,
        };
        visitor.visit_block_mut(block);
        match visitor.error {
            Some(error) => Err(error),
            None => Ok(visitor.exits),
        }
    }
}

struct ExitVisitor {
    expand_block: ExpandBlock,
    exits: Exits,
    /// The loops and labelled blocks around the visited expression, within the block.
    jump_targets: Vec<JumpTarget>,
    /// The first error.
    error: Option<Error>,
}

/// A loop or a labelled block.
struct JumpTarget {
    label: Option<Lifetime>,
    is_loop: bool,
}

impl ExitVisitor {
    fn redirect_return(&mut self, exit: &mut ExprReturn) -> Expr {
        let span = exit.span();
        visit_mut::visit_expr_return_mut(self, exit);
        self.exits.has_return = true;
        let value = match &exit.expr {
            Some(value) => value.to_token_stream(),
            None => quote!(()),
        };
        parse_quote_spanned!(span=> return ::hyperparameter::__private::BlockExit::Return(#value))
    }

    fn redirect_try(&mut self, exit: &mut ExprTry) -> Expr {
        visit_mut::visit_expr_try_mut(self, exit);
        self.exits.has_return = true;
        let (value, question) = (&exit.expr, exit.question_token.span());
        let output = quote_spanned!(Span::mixed_site()=> output);
        let residual = quote_spanned!(Span::mixed_site()=> residual);
        parse_quote_spanned! {question=>
            match ::hyperparameter::__private::Branch::branch(#value) {
                ::core::result::Result::Ok(#output) => #output,
                ::core::result::Result::Err(#residual) => return ::hyperparameter::__private::BlockExit::Return(
                    ::hyperparameter::__private::FromResidual::from_residual(#residual)
                ),
            }
        }
    }

    fn redirect_break(&mut self, exit: &ExprBreak) -> Expr {
        if exit.expr.is_some() {
            self.report(Error::new(
                exit.span(),
                "a `break` with a value cannot leave a `with_params!` block that contains `.await`; \
                 store the value in a variable and `break` without a value",
            ));
        }
        self.redirect_jump(exit.to_token_stream(), exit.span())
    }

    fn redirect_jump(&mut self, jump: TokenStream, span: Span) -> Expr {
        let jumps = &mut self.exits.jumps;
        let text = jump.to_string();
        let same_jump = jumps.iter().position(|other| other.to_string() == text);
        let number = same_jump.unwrap_or(jumps.len());
        if same_jump.is_none() {
            jumps.push(jump);
        }
        parse_quote_spanned!(span=> return ::hyperparameter::__private::BlockExit::Jump(#number))
    }

    /// Return whether a `break` or `continue` with this label leaves the block.
    fn leaves_block(&self, label: Option<&Lifetime>) -> bool {
        !self.jump_targets.iter().any(|target| match label {
            Some(_) => target.label.as_ref() == label,
            None => target.is_loop,
        })
    }

    /// Visit the parts of an expression.
    fn visit_inside(&mut self, expression: &mut Expr) {
        match expression {
            Expr::Loop(target) => self.visit_jump_target(target.label.clone(), true, |visitor| {
                visit_mut::visit_expr_loop_mut(visitor, target);
            }),
            Expr::While(target) => self.visit_jump_target(target.label.clone(), true, |visitor| {
                visit_mut::visit_expr_while_mut(visitor, target);
            }),
            Expr::ForLoop(target) => {
                // The iterator is evaluated before the loop begins.
                self.visit_expr_mut(&mut target.expr);
                self.visit_jump_target(target.label.clone(), true, |visitor| {
                    visitor.visit_block_mut(&mut target.body);
                });
            }
            Expr::Block(target) => self.visit_jump_target(target.label.clone(), false, |visitor| {
                visit_mut::visit_expr_block_mut(visitor, target);
            }),
            _ => visit_mut::visit_expr_mut(self, expression),
        }
    }

    fn visit_jump_target(
        &mut self,
        label: Option<Label>,
        is_loop: bool,
        visit: impl FnOnce(&mut Self),
    ) {
        let label = label.map(|label| label.name);
        self.jump_targets.push(JumpTarget { label, is_loop });
        visit(self);
        self.jump_targets.pop();
    }

    /// Redirect the exits in the input of a macro.
    ///
    /// Return an expanded `with_params!`, to replace the macro. The input of another macro is visited in place,
    /// if it is a list of expressions.
    fn visit_macro_input(&mut self, invocation: &mut Macro) -> Option<Expr> {
        let name = invocation.path.segments.last();
        if name.is_some_and(|name| name.ident == "with_params") {
            return match (self.expand_block)(invocation.tokens.clone()).and_then(parse2) {
                Ok(mut expanded) => {
                    self.visit_expr_mut(&mut expanded);
                    Some(expanded)
                }
                Err(error) => {
                    self.report(error);
                    None
                }
            };
        }
        let list =
            Punctuated::<Expr, Token![,]>::parse_terminated.parse2(invocation.tokens.clone());
        if let Ok(mut list) = list {
            for expression in &mut list {
                self.visit_expr_mut(expression);
            }
            invocation.tokens = list.to_token_stream();
        }
        None
    }

    /// Store an error, if it is the first.
    fn report(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }
}

impl VisitMut for ExitVisitor {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        let replacement = match expression {
            Expr::Return(exit) => Some(self.redirect_return(exit)),
            Expr::Try(exit) => Some(self.redirect_try(exit)),
            Expr::Break(exit) if self.leaves_block(exit.label.as_ref()) => {
                Some(self.redirect_break(exit))
            }
            Expr::Continue(exit) if self.leaves_block(exit.label.as_ref()) => {
                Some(self.redirect_jump(exit.to_token_stream(), exit.span()))
            }
            Expr::Macro(invocation) => self.visit_macro_input(&mut invocation.mac),
            // The exits of these leave only themselves.
            Expr::Closure(_) | Expr::Async(_) | Expr::Const(_) => None,
            _ => {
                self.visit_inside(expression);
                None
            }
        };
        if let Some(replacement) = replacement {
            *expression = replacement;
        }
    }

    fn visit_stmt_mut(&mut self, statement: &mut Stmt) {
        let Stmt::Macro(invocation) = statement else {
            return visit_mut::visit_stmt_mut(self, statement);
        };
        if let Some(expanded) = self.visit_macro_input(&mut invocation.mac) {
            *statement = Stmt::Expr(expanded, invocation.semi_token);
        }
    }

    // The exits of a function leave only the function.
    fn visit_item_mut(&mut self, _: &mut Item) {}
}
