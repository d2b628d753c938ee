//! What the macros become.

use proc_macro2::{Delimiter, Group, LineColumn, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, LitStr, Result, Type};

use crate::flow;
use crate::parse::{Body, Get, Key, Params, Piece, Read, Set, Statement, is_punct};

/// Expand a block: to a block, or to a future that is awaited in place.
pub(crate) fn with_params(body: &Body) -> Result<TokenStream> {
    if !opens(body) {
        let body = Expansion::Plain.body(body);
        return Ok(quote!({ #body }));
    }
    if let Some(span) = flow::awaits(body) {
        return flow::future(Expansion::Awaiting.body(body), span);
    }
    let guard = quote_spanned!(Span::mixed_site()=> _block);
    if let Some((Piece::Statement(Statement::Set(set)), rest)) = body.pieces.split_first() {
        let entered = Expansion::Plain.given(set, "Block::enter_with");
        let rest = Expansion::Plain.pieces(rest);
        return Ok(quote!({ let #guard = #entered; #rest }));
    }
    let body = Expansion::Plain.body(body);
    Ok(quote!({ let #guard = ::hyperparameter::private::Block::enter(); #body }))
}

/// Tell whether a block sets anything, and so is a scope.
fn opens(body: &Body) -> bool {
    body.any(&|statement| !matches!(statement, Statement::Get(_)))
}

#[derive(Clone, Copy)]
enum Expansion {
    Plain,
    Awaiting,
}

impl Expansion {
    fn body(self, body: &Body) -> TokenStream {
        self.pieces(&body.pieces)
    }

    fn pieces(self, pieces: &[Piece]) -> TokenStream {
        let ends = |piece: Option<&Piece>| match piece {
            Some(Piece::Token(token)) => is_punct(token, ';') || is_punct(token, ','),
            piece => piece.is_none(),
        };
        let mut expanded = TokenStream::new();
        for (at, piece) in pieces.iter().enumerate() {
            match piece {
                Piece::Token(token) => {
                    let before = at.checked_sub(1).and_then(|before| pieces.get(before));
                    let is_alone = ends(before) && ends(pieces.get(at + 1));
                    expanded.extend([if is_alone {
                        token.clone()
                    } else {
                        solid(token)
                    }]);
                }
                piece => expanded.extend(self.piece(piece)),
            }
        }
        expanded
    }

    fn piece(self, piece: &Piece) -> TokenStream {
        match piece {
            Piece::Token(token) => solid(token).into(),
            Piece::Group(group, body) => regrouped(group, self.body(body)),
            Piece::Function(group, body) if !opens(body) => regrouped(group, self.body(body)),
            Piece::Function(group, body) => {
                let body = with_params(body).unwrap_or_else(|error| error.to_compile_error());
                regrouped(group, body)
            }
            Piece::Statement(Statement::Set(set)) => self.set(set),
            Piece::Statement(Statement::Get(get)) => self.get(get),
            Piece::Statement(Statement::Params(params)) => self.params(params),
        }
    }

    fn set(self, set: &Set) -> TokenStream {
        let done = self.given(set, "set");
        quote!(#done;)
    }

    fn get(self, get: &Get) -> TokenStream {
        let Get {
            attributes,
            help,
            mutable,
            name,
            wanted,
            key,
            default,
        } = get;
        let source = self.body(default);
        let help = help.as_ref().map(ToTokens::to_token_stream);
        let declared = declared(key, default.tokens(), help);
        let default = match wanted {
            Some(wanted) => typed(source, wanted),
            None => source,
        };
        let value = unwrapped(key, &read(key, &default, &declared));
        let wanted = wanted.as_ref().map(|wanted| quote!(: #wanted));
        quote!(#(#attributes)* let #mutable #name #wanted = #value;)
    }

    fn params(self, params: &Params) -> TokenStream {
        let guard = quote_spanned!(Span::mixed_site()=> _params);
        let scope = self.body(&params.scope);
        let enter = match self {
            Self::Plain => quote_spanned!(params.span=> params),
            // held over an await by a future that may go on in another thread, its view with it
            Self::Awaiting => quote_spanned!(params.span=> Held::enter),
        };
        quote!(let #guard = ::hyperparameter::private::#enter(#scope);)
    }

    /// Evaluate what is set, then call a function of ours with the key and the value.
    ///
    /// The call stands where the key does: that is where the value is said to have been set.
    fn given(self, set: &Set, function: &str) -> TokenStream {
        let Set { key, value } = set;
        let given = self.body(value);
        let place = place(key, "__key");
        let function: syn::Path = syn::parse_str(function).expect("a path of ours");
        let name = quote_spanned!(Span::mixed_site()=> value);
        let call = quote_spanned! {key.span=>
            ::hyperparameter::private::#function(#place, (&&::hyperparameter::private::Give::of(&#name)).give(#name))
        };
        // A tuple, since what is given may not stand alone as what is matched. Nothing that is declared in the arm
        // is seen by what is given.
        quote! {
            match (#given,) {
                (#name,) => {
                    #[allow(unused_imports)]
                    use ::hyperparameter::private::{GiveAny as _, GiveInto as _};
                    #call
                }
            }
        }
    }
}

fn regrouped(group: &Group, tokens: TokenStream) -> TokenStream {
    let mut expanded = Group::new(group.delimiter(), tokens);
    expanded.set_span(group.span());
    TokenTree::Group(expanded).into()
}

/// Return a token; where it is an expression that a macro around ours has passed on, such as a `$value:expr`,
/// in parentheses: what holds it together otherwise does not outlive our macro.
fn solid(token: &TokenTree) -> TokenTree {
    let TokenTree::Group(group) = token else {
        return token.clone();
    };
    let is_passed_on = group.delimiter() == Delimiter::None;
    let tokens = solid_all(group.stream());
    let mut made = match syn::parse2::<Expr>(group.stream()) {
        Ok(expression) if is_passed_on && is_compound(&expression) => {
            let mut made = Group::new(Delimiter::Parenthesis, tokens);
            made.set_span(Span::mixed_site());
            return made.into();
        }
        _ => Group::new(group.delimiter(), tokens),
    };
    made.set_span(group.span());
    made.into()
}

fn solid_all(tokens: TokenStream) -> TokenStream {
    tokens.into_iter().map(|token| solid(&token)).collect()
}

/// Tell whether an expression can fall apart between what stands around it.
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

/// Return the static of a place that reads or sets a key.
fn place(key: &Key, of: &str) -> TokenStream {
    let Key { text, span } = key;
    let name = syn::Ident::new(of, *span);
    quote_spanned!(*span=> ::hyperparameter::#name!(#text))
}

/// Return a default as the type that is wanted; a literal text is made what it is read as.
fn typed(default: TokenStream, wanted: &Type) -> TokenStream {
    if let Ok(text) = syn::parse2::<LitStr>(default.clone()) {
        return quote_spanned!(text.span()=> <#wanted as ::core::convert::From<&str>>::from(#text));
    }
    let name = quote_spanned!(Span::mixed_site()=> default);
    quote!({ let #name: #wanted = #default; #name })
}

/// Declare a parameter that has a help text.
fn declared(key: &Key, source: TokenStream, help: Option<TokenStream>) -> Option<TokenStream> {
    let (text, help, source) = (&key.text, help?, as_written(source));
    Some(quote_spanned!(key.span=> ::hyperparameter::__declare!(#text, #source, #help);))
}

/// Return tokens as they stand in the source, but for the white space: a blank, or nothing.
fn as_written(tokens: TokenStream) -> String {
    let mut text = String::new();
    let mut end = None;
    write_tokens(tokens, &mut text, &mut end);
    text
}

fn write_tokens(tokens: TokenStream, text: &mut String, end: &mut Option<LineColumn>) {
    let write = |part: &str, span: Span, end: &mut Option<LineColumn>, text: &mut String| {
        if end.is_some_and(|end| end != span.start()) {
            text.push(' ');
        }
        text.push_str(part);
        *end = Some(span.end());
    };
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::None => ("", ""),
                };
                write(open, group.span_open(), end, text);
                write_tokens(group.stream(), text, end);
                write(close, group.span_close(), end, text);
            }
            token => write(&token.to_string(), token.span(), end, text),
        }
    }
}

/// Read a parameter that has a default: an expression of type `Result`.
fn read(key: &Key, default: &TokenStream, declared: &Option<TokenStream>) -> TokenStream {
    let place = place(key, "__place");
    let name = quote_spanned!(Span::mixed_site()=> default);
    let ask = quote_spanned! {key.span=>
        (&&&&&::hyperparameter::private::Ask::of(&#name)).ask(#place, #name)
    };
    quote! {
        match (#default,) {
            (#name,) => {
                #declared
                #[allow(unused_imports)]
                use ::hyperparameter::private::{ByOption as _, ByRule as _, BySerde as _, ByText as _, ByType as _};
                #ask
            }
        }
    }
}

fn unwrapped(key: &Key, read: &TokenStream) -> TokenStream {
    quote_spanned!(key.span=> ::hyperparameter::private::unwrap(#read))
}

pub(crate) fn get_param(given: &Read) -> TokenStream {
    unwrapped(&given.key, &try_get_param(given))
}

pub(crate) fn try_get_param(given: &Read) -> TokenStream {
    let Read { key, default, help } = given;
    let Some(source) = default else {
        let place = place(key, "__key");
        return quote_spanned!(key.span=> ::hyperparameter::private::require(#place));
    };
    let declared = declared(key, source.clone(), help.clone());
    read(key, &solid_all(source.clone()), &declared)
}
