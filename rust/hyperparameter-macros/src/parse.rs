//! The language of the macros, parsed into structs.
//!
//! A block is plain Rust in which some statements are ours. What is ours is told from its first tokens,
//! which are no Rust: two names in a row. Everything else is passed on as it stands, so that the compiler
//! says what is wrong with it.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::{Attribute, Error, Expr, ExprLit, Lit, LitStr, Meta, Result, Token, Type};

/// The statements of a block, or the tokens of any other group.
pub(crate) struct Body {
    pub(crate) pieces: Vec<Piece>,
}

pub(crate) enum Piece {
    Token(TokenTree),
    Group(Group, Body),
    /// The body of a function, closure or asynchronous block: run some other time, it has a scope of its own.
    Function(Group, Body),
    Statement(Statement),
}

pub(crate) enum Statement {
    Set(Set),
    Get(Box<Get>),
    Params(Params),
}

/// `set key = value;`
pub(crate) struct Set {
    pub(crate) key: Key,
    pub(crate) value: Body,
}

/// `get name: Type = key or default;`
pub(crate) struct Get {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) help: Option<LitStr>,
    pub(crate) mutable: Option<Token![mut]>,
    pub(crate) name: Ident,
    pub(crate) wanted: Option<Type>,
    pub(crate) key: Key,
    pub(crate) default: Body,
}

/// `params scope;`
pub(crate) struct Params {
    pub(crate) scope: Body,
    pub(crate) span: Span,
}

/// A key: its text, and where it stands.
pub(crate) struct Key {
    pub(crate) text: LitStr,
    pub(crate) span: Span,
}

/// What is given to `get_param!` and `try_get_param!`.
pub(crate) struct Read {
    pub(crate) key: Key,
    pub(crate) default: Option<TokenStream>,
    pub(crate) help: Option<TokenStream>,
}

impl Body {
    /// Parse the tokens of a block.
    pub(crate) fn of_block(tokens: TokenStream) -> Result<Self> {
        Self::parse(tokens, true)
    }

    fn parse(tokens: TokenStream, is_block: bool) -> Result<Self> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut pieces = Vec::new();
        let (mut at, mut at_start) = (0, is_block);
        while at < tokens.len() {
            if at_start && let Some((statement, width)) = Statement::at(&tokens[at..])? {
                pieces.push(Piece::Statement(statement));
                at += width;
                continue;
            }
            let token = &tokens[at];
            at_start = match token {
                TokenTree::Punct(punct) => is_block && punct.as_char() == ';',
                TokenTree::Group(group) => is_block && group.delimiter() == Delimiter::Brace,
                _ => false,
            };
            pieces.push(match token {
                TokenTree::Group(group)
                    if group.delimiter() != Delimiter::None && !is_of_macro(&tokens[..at]) =>
                {
                    let is_braced = group.delimiter() == Delimiter::Brace;
                    let body = Self::parse(group.stream(), is_braced)?;
                    if is_braced && is_of_function(&tokens[..at]) {
                        Piece::Function(group.clone(), body)
                    } else {
                        Piece::Group(group.clone(), body)
                    }
                }
                token => Piece::Token(token.clone()),
            });
            at += 1;
        }
        Ok(Self { pieces })
    }

    /// Return the tokens that this was made of, but for the words of statements.
    pub(crate) fn tokens(&self) -> TokenStream {
        let mut tokens = TokenStream::new();
        for piece in &self.pieces {
            match piece {
                Piece::Token(token) => tokens.extend([token.clone()]),
                Piece::Group(group, _) | Piece::Function(group, _) => {
                    tokens.extend([TokenTree::from(group.clone())]);
                }
                Piece::Statement(statement) => tokens.extend(statement.body().tokens()),
            }
        }
        tokens
    }

    /// Tell whether a statement in here matches. What is given to macros is not looked at, nor are functions.
    pub(crate) fn any(&self, matches: &impl Fn(&Statement) -> bool) -> bool {
        self.pieces.iter().any(|piece| match piece {
            Piece::Token(_) | Piece::Function(..) => false,
            Piece::Group(_, body) => body.any(matches),
            Piece::Statement(statement) => matches(statement) || statement.body().any(matches),
        })
    }
}

/// Tell whether a group that follows these tokens is what a macro is given: `name! (…)`, `macro_rules! name {…}`.
fn is_of_macro(before: &[TokenTree]) -> bool {
    let is_bang = |token: &TokenTree| is_punct(token, '!');
    match before {
        [.., TokenTree::Ident(_), bang] if is_bang(bang) => true,
        [.., TokenTree::Ident(_), bang, TokenTree::Ident(_)] if is_bang(bang) => true,
        _ => false,
    }
}

/// Tell whether a block that follows these tokens is the body of a function, a closure or an asynchronous block.
fn is_of_function(before: &[TokenTree]) -> bool {
    let is_word =
        |token: &TokenTree, wanted: &str| matches!(token, TokenTree::Ident(word) if word == wanted);
    match before {
        [.., bar] if is_punct(bar, '|') => return true,
        [.., word] if is_word(word, "async") => return true,
        [.., first, second] if is_word(first, "async") && is_word(second, "move") => return true,
        [.., equals] if is_punct(equals, '=') => return false,
        _ => {}
    }
    // a function, or a closure that tells its type: in what has been said since the statement began
    let ends = |token: &TokenTree| match token {
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    };
    let start = before.iter().rposition(ends).map_or(0, |end| end + 1);
    let statement = &before[start..];
    let is_arrow = |pair: &[TokenTree]| is_punct(&pair[0], '-') && is_punct(&pair[1], '>');
    statement.iter().any(|token| is_word(token, "fn")) || statement.windows(2).any(is_arrow)
}

pub(crate) fn is_punct(token: &TokenTree, wanted: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == wanted)
}

impl Statement {
    pub(crate) fn body(&self) -> &Body {
        match self {
            Self::Set(set) => &set.value,
            Self::Get(get) => &get.default,
            Self::Params(params) => &params.scope,
        }
    }

    /// Parse the statement of ours that stands at the start of these tokens, `None` where there is none; return
    /// it with the number of its tokens.
    fn at(tokens: &[TokenTree]) -> Result<Option<(Self, usize)>> {
        let mut start = 0;
        while let [hash, TokenTree::Group(group), ..] = &tokens[start..]
            && is_punct(hash, '#')
            && group.delimiter() == Delimiter::Bracket
        {
            start += 2;
        }
        let Some((kind, width)) = Kind::at(&tokens[start..])? else {
            return Ok(None);
        };
        let word = start + width - 1;
        let end = tokens[word..]
            .iter()
            .position(|token| is_punct(token, ';'))
            .map(|end| word + end);
        let Some(end) = end else {
            if kind == Kind::Params && tokens.get(word + 1).is_some_and(|next| is_punct(next, '&'))
            {
                return Ok(None); // `params & mask` as the value of a block
            }
            let last = tokens.last().unwrap_or(&tokens[word]);
            return Err(Error::new(
                last.span(),
                format!("expected `;` at the end of `{}`", kind.form()),
            ));
        };
        let attributes: TokenStream = tokens[..start].iter().cloned().collect();
        let rest: TokenStream = tokens[word + 1..=end].iter().cloned().collect();
        let statement = kind.parse(&attributes, rest, tokens[word].span(), end == word + 1)?;
        Ok(Some((statement, end + 1)))
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Set,
    Get,
    Params,
}

impl Kind {
    fn of(word: &TokenTree) -> Option<Self> {
        match word {
            TokenTree::Ident(word) if word == "set" => Some(Self::Set),
            TokenTree::Ident(word) if word == "get" => Some(Self::Get),
            TokenTree::Ident(word) if word == "params" => Some(Self::Params),
            _ => None,
        }
    }

    fn form(self) -> &'static str {
        match self {
            Self::Set => "set key = value;",
            Self::Get => "get name = key or default;",
            Self::Params => "params scope;",
        }
    }

    /// Tell what kind of statement stands here, and how many tokens it takes to say so.
    ///
    /// A variable, function, method or macro of the same name is followed by something else.
    fn at(tokens: &[TokenTree]) -> Result<Option<(Self, usize)>> {
        let Some(first) = tokens.first() else {
            return Ok(None);
        };
        if is_punct(first, '@') {
            return match tokens.get(1).map(Self::of) {
                Some(Some(kind)) => Ok(Some((kind, 2))),
                _ => {
                    let span = tokens.get(1).map_or(first.span(), TokenTree::span);
                    Err(Error::new(
                        span,
                        "expected `set`, `get` or `params` after `@`",
                    ))
                }
            };
        }
        let Some(kind) = Self::of(first) else {
            return Ok(None);
        };
        let ours = match (kind, &tokens[1..]) {
            (Self::Set | Self::Params, [TokenTree::Literal(_), ..]) => true,
            // what a macro around it passes on, as a `$key:literal` or a `$scope:expr`
            (Self::Set | Self::Params, [TokenTree::Group(group), ..]) => {
                group.delimiter() == Delimiter::None
            }
            (Self::Set, [TokenTree::Ident(next), rest @ ..]) => {
                !is_keyword(next) || goes_on_as_key(rest)
            }
            (Self::Get, [TokenTree::Ident(next), rest @ ..]) => {
                !is_keyword(next)
                    || (next == "mut" && matches!(rest.first(), Some(TokenTree::Ident(_))))
            }
            (Self::Params, [TokenTree::Ident(next), ..]) => {
                !["as", "if", "in", "else"].iter().any(|word| next == word)
            }
            (Self::Params, [and, next, ..]) => {
                is_punct(and, '&') && !is_punct(next, '&') && !is_punct(next, '=')
            }
            _ => false,
        };
        Ok(ours.then_some((kind, 1)))
    }

    /// Parse what follows the word, up to and with its `;`: a fault at the end is told there.
    fn parse(
        self,
        attributes: &TokenStream,
        rest: TokenStream,
        word: Span,
        is_bare: bool,
    ) -> Result<Statement> {
        let attributes = Attribute::parse_outer.parse2(attributes.clone())?;
        let is_doc = |attribute: &&Attribute| attribute.path().is_ident("doc");
        if self != Self::Get
            && let Some(attribute) = attributes.iter().find(|attribute| !is_doc(attribute))
        {
            let message = "expected no attribute: it would have no effect here";
            return Err(Error::new(attribute.span(), message));
        }
        if is_bare {
            return Err(Error::new(word, format!("expected `{}`", self.form())));
        }
        let parser = |input: ParseStream<'_>| match self {
            Self::Set => Set::parse(input).map(Statement::Set),
            Self::Get => Get::parse(input, attributes).map(|get| Statement::Get(Box::new(get))),
            Self::Params => {
                let scope = expression(input, "expected a scope")?;
                Ok(Statement::Params(Params { scope, span: word }))
            }
        };
        parser.parse2(rest)
    }
}

/// Tell whether these tokens go on a key, or end it: a keyword before them is a segment.
fn goes_on_as_key(tokens: &[TokenTree]) -> bool {
    match tokens {
        [dot, ..] if is_punct(dot, '.') => true,
        [equals, next, ..] => is_punct(equals, '=') && !is_punct(next, '=') && !is_punct(next, '>'),
        _ => false,
    }
}

fn is_keyword(word: &Ident) -> bool {
    syn::parse2::<Ident>(quote!(#word)).is_err()
}

impl Set {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let key = Key::parse(input)?;
        if !input.peek(Token![=]) || input.peek(Token![==]) {
            return Err(input.error("expected `=` and a value after the key"));
        }
        input.parse::<Token![=]>()?;
        let value = expression(input, "expected a value")?;
        Ok(Self { key, value })
    }
}

impl Get {
    fn parse(input: ParseStream<'_>, mut attributes: Vec<Attribute>) -> Result<Self> {
        let help = take_docs(&mut attributes);
        let mutable = input.parse()?;
        let name = input.parse()?;
        let wanted = if input.peek(Token![:]) {
            input.parse::<Token![:]>()?;
            Some(input.parse()?)
        } else {
            None
        };
        if !input.peek(Token![=]) {
            return Err(input.error("expected `=` and a key, as in `get name = key or default;`"));
        }
        input.parse::<Token![=]>()?;
        let key = Key::parse(input)?;
        if !input.peek(syn::Ident) || input.fork().parse::<Ident>()? != "or" {
            let message = "expected `or` and a default, as in `get name = key or default;`";
            return Err(input.error(message));
        }
        input.parse::<Ident>()?;
        let default = expression(input, "expected a default after `or`")?;
        Ok(Self {
            attributes,
            help,
            mutable,
            name,
            wanted,
            key,
            default,
        })
    }
}

/// Return the help text that doc comments make, and keep what else there is.
fn take_docs(attributes: &mut Vec<Attribute>) -> Option<LitStr> {
    let mut lines = Vec::new();
    let mut span = None;
    attributes.retain(|attribute| {
        let Meta::NameValue(meta) = &attribute.meta else {
            return true;
        };
        let Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) = &meta.value
        else {
            return true;
        };
        if !attribute.path().is_ident("doc") {
            return true;
        }
        lines.push(text.value().trim().to_owned());
        span.get_or_insert(text.span());
        false
    });
    Some(LitStr::new(&lines.join("\n"), span?))
}

/// Take what is left before the `;` as an expression. It is the compiler's to parse.
fn expression(input: ParseStream<'_>, missing: &str) -> Result<Body> {
    let mut tokens = TokenStream::new();
    while !input.peek(Token![;]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    if tokens.is_empty() {
        return Err(input.error(missing));
    }
    input.parse::<Token![;]>()?;
    Body::parse(tokens, false)
}

impl Key {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        if input.peek(LitStr) {
            let text: LitStr = input.parse()?;
            return Ok(Self {
                span: text.span(),
                text,
            });
        }
        let mut segments = Vec::new();
        let mut span: Option<Span> = None;
        loop {
            let (found, at) = segment(input)?;
            span = Some(span.map_or(at, |before| before.join(at).unwrap_or(before)));
            segments.extend(found);
            if !input.peek(Token![.]) {
                break;
            }
            input.parse::<Token![.]>()?;
        }
        let span = span.unwrap_or_else(Span::call_site);
        Ok(Self {
            text: LitStr::new(&segments.join("."), span),
            span,
        })
    }
}

/// Parse a segment; or two, where the compiler takes `0.1` for one number.
fn segment(input: ParseStream<'_>) -> Result<(Vec<String>, Span)> {
    const WANTED: &str =
        "expected a key: names, keywords or numbers joined by dots, or a string literal";
    if input.peek(Ident::peek_any) && !input.peek(Token![_]) {
        let name = input.call(Ident::parse_any)?;
        return Ok((vec![name.unraw().to_string()], name.span()));
    }
    if input.peek(syn::LitInt) || input.peek(syn::LitFloat) {
        let number: Lit = input.parse()?;
        let text = match &number {
            Lit::Int(number) => number.to_string(),
            Lit::Float(number) => number.to_string(),
            _ => String::new(),
        };
        let segments: Vec<String> = text.split('.').map(str::to_owned).collect();
        if segments
            .iter()
            .any(|segment| segment.is_empty() || segment.contains(['-', '+']))
        {
            return Err(Error::new(number.span(), WANTED));
        }
        return Ok((segments, number.span()));
    }
    Err(input.error(WANTED))
}

impl Read {
    /// Parse what a macro is given; a fault at its end is told at its last token.
    pub(crate) fn of(tokens: TokenStream) -> Result<Self> {
        let Some(last) = tokens.clone().into_iter().last() else {
            return Err(Error::new(Span::call_site(), "expected a key"));
        };
        let mut end = Punct::new(',', Spacing::Alone);
        end.set_span(last.span());
        let tokens = if is_punct(&last, ',') {
            tokens
        } else {
            tokens.into_iter().chain([end.into()]).collect()
        };
        Self::parse.parse2(tokens)
    }

    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let key = Key::parse(input)?;
        let mut given = Vec::new();
        loop {
            if !input.peek(Token![,]) {
                return Err(input.error("expected `,`"));
            }
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            if given.len() == 2 {
                return Err(input.error("expected no more than a key, a default and a help text"));
            }
            let mut tokens = TokenStream::new();
            let written = input.fork();
            input.parse::<Expr>()?;
            while written.cursor() != input.cursor() {
                tokens.extend([written.parse::<TokenTree>()?]); // as they stand there
            }
            given.push(tokens);
        }
        let mut given = given.into_iter();
        Ok(Self {
            key,
            default: given.next(),
            help: given.next(),
        })
    }
}
