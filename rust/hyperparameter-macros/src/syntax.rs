//! The structs that `parse` returns and `expand` reads.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use syn::{Attribute, LitStr, Token, Type};

/// The tokens of a block, of another group or of an expression.
pub(crate) struct Body {
    pub(crate) pieces: Vec<Piece>,
}

/// A token, group or statement of a body.
pub(crate) enum Piece {
    /// A token of plain Rust.
    Token(TokenTree),
    /// A group of tokens in delimiters, and its content.
    Group(Group, Body),
    /// A statement of the macro.
    Statement(Statement),
}

/// A statement that is not plain Rust.
pub(crate) enum Statement {
    Set(Set),
    Get(Box<Get>),
    Params(Params),
}

/// `set key = value;`
pub(crate) struct Set {
    /// All attributes except doc comments.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) key: Key,
    pub(crate) value: Body,
}

/// `get mut name: Type = key or default;`
pub(crate) struct Get {
    /// All attributes except doc comments.
    pub(crate) attributes: Vec<Attribute>,
    /// The text of the doc comments.
    pub(crate) help: Option<LitStr>,
    pub(crate) mutability: Option<Token![mut]>,
    pub(crate) name: Ident,
    pub(crate) annotation: Option<Type>,
    pub(crate) key: Key,
    pub(crate) default: Body,
}

/// `params scope;`
pub(crate) struct Params {
    /// All attributes except doc comments.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) scope: Body,
    /// The place of the word `params`.
    pub(crate) span: Span,
}

/// A key, and its place in the source.
pub(crate) struct Key {
    pub(crate) text: LitStr,
    pub(crate) span: Span,
}

/// The arguments of `get_param!` and `try_get_param!`.
pub(crate) struct ReadArguments {
    pub(crate) key: Key,
    pub(crate) default: Option<TokenStream>,
    pub(crate) help: Option<TokenStream>,
}

impl Body {
    /// Return the tokens as they are in the source. Of a statement of the macro, only the expression is included.
    pub(crate) fn source_tokens(&self) -> TokenStream {
        let mut tokens = TokenStream::new();
        for piece in &self.pieces {
            match piece {
                Piece::Token(token) => tokens.extend([token.clone()]),
                Piece::Group(group, _) => tokens.extend([TokenTree::from(group.clone())]),
                Piece::Statement(statement) => {
                    tokens.extend(statement.expression().source_tokens());
                }
            }
        }
        tokens
    }

    /// Return whether this body contains a statement that needs a scope, at any depth.
    pub(crate) fn has_scope_statement(&self) -> bool {
        self.pieces.iter().any(|piece| match piece {
            Piece::Token(_) => false,
            Piece::Group(_, content) => content.has_scope_statement(),
            Piece::Statement(Statement::Get(get)) => get.default.has_scope_statement(),
            Piece::Statement(Statement::Set(_) | Statement::Params(_)) => true,
        })
    }
}

impl Statement {
    /// Return the Rust expression of the statement: a value, a default or a scope.
    fn expression(&self) -> &Body {
        match self {
            Self::Set(set) => &set.value,
            Self::Get(get) => &get.default,
            Self::Params(params) => &params.scope,
        }
    }
}
