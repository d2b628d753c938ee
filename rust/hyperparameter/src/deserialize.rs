//! What a parameter reads as where serde makes it: enums, structs, and all else that is `Deserialize`.
//!
//! Numbers, text and containers follow the one rule on the way. A key that the type does not have is
//! refused, as a typo would be lost otherwise.

use std::cell::Cell;
use std::collections::btree_map;
use std::fmt;

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use crate::containers::{items, json, mapping};
use crate::convert::{FromValue, is_any, number};
use crate::error::Misfit;
use crate::nearest::nearest;
use crate::value::{Value, quoted, shown};

/// Return a type's name without the modules that it is in.
pub(crate) fn type_name<T>() -> String {
    let name = std::any::type_name::<T>();
    let modules = name
        .split('<')
        .next()
        .and_then(|outer| outer.rfind("::"))
        .map_or(0, |at| at + 2);
    name[modules..].to_owned()
}

/// Return a value as a type of serde's.
///
/// What a type holds by `flatten`, a tag or without one, serde looks at before it knows what is asked for, so text
/// cannot become a number there: where text as it is does not fit, it is tried as what it says. An option's "none"
/// is `None` then too.
pub(crate) fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, Misfit> {
    let read = |taken_as_said| {
        T::deserialize(Reader {
            value,
            among: None,
            taken_as_said,
        })
    };
    let as_it_is = read(false);
    as_it_is
        .or_else(|fault| read(true).map_err(|_| fault))
        .map_err(|Fault { detail, path }| Misfit {
            wanted: type_name::<T>(),
            detail: Some(detail),
            path,
        })
}

/// A fault, and where in the value it is.
#[derive(Debug)]
struct Fault {
    detail: String,
    path: String,
}

impl Fault {
    fn new(detail: impl Into<String>) -> Self {
        Self {
            detail: detail.into(),
            path: String::new(),
        }
    }

    fn beneath(self, place: impl fmt::Display) -> Self {
        Self {
            path: format!("{place}{}", self.path),
            ..self
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: fmt::Display>(detail: T) -> Self {
        Self::new(detail.to_string())
    }
}

/// Read a value; `among` has its name and the fields that its struct knows.
#[derive(Clone, Copy)]
struct Reader<'a> {
    value: &'a Value,
    among: Option<(&'a str, &'static [&'static str])>,
    /// Is text, where nothing says what is asked for, what it says: a number, a bool, JSON?
    taken_as_said: bool,
}

impl<'a> Reader<'a> {
    /// Read a value in place of this one's, or within it.
    fn of<'b>(self, value: &'b Value) -> Reader<'b> {
        Reader {
            value,
            among: None,
            taken_as_said: self.taken_as_said,
        }
    }

    fn says_none(self) -> bool {
        self.taken_as_said
            && matches!(self.value, Value::Text(text) if is_any(text, &["none", "null"]))
    }

    fn by_rule<T: FromValue>(self) -> Result<T, Fault> {
        T::from_value(self.value).map_err(|misfit| self.misfit(misfit))
    }

    fn misfit(
        self,
        Misfit {
            wanted,
            detail,
            path,
        }: Misfit,
    ) -> Fault {
        let detail = detail
            .map(|detail| format!(" ({detail})"))
            .unwrap_or_default();
        Fault {
            detail: format!("{} is not {wanted}{detail}", shown(self.value)),
            path,
        }
    }

    fn list<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let items =
            items(self.value, || "list".to_owned()).map_err(|misfit| self.misfit(misfit))?;
        let mut list = List {
            of: self,
            items: &items,
            at: 0,
        };
        let made = visitor.visit_seq(&mut list)?;
        if list.at < items.len() {
            return Err(Fault::new(format!(
                "it has {} items, not {}",
                items.len(),
                list.at
            )));
        }
        Ok(made)
    }

    fn entries<'de, V: Visitor<'de>>(
        self,
        fields: Option<&'static [&'static str]>,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let map =
            mapping(self.value, || "dict".to_owned()).map_err(|misfit| self.misfit(misfit))?;
        visitor.visit_map(Entries {
            of: self,
            left: map.iter(),
            value: None,
            fields,
        })
    }
}

macro_rules! by_rule {
    ($($method:ident $visit:ident $of:ty;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            visitor.$visit(self.by_rule::<$of>()?)
        })*
    };
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Fault;

    by_rule! {
        deserialize_bool visit_bool bool;
        deserialize_i8 visit_i8 i8;
        deserialize_i16 visit_i16 i16;
        deserialize_i32 visit_i32 i32;
        deserialize_i64 visit_i64 i64;
        deserialize_i128 visit_i128 i128;
        deserialize_u8 visit_u8 u8;
        deserialize_u16 visit_u16 u16;
        deserialize_u32 visit_u32 u32;
        deserialize_u64 visit_u64 u64;
        deserialize_u128 visit_u128 u128;
        deserialize_f32 visit_f32 f32;
        deserialize_f64 visit_f64 f64;
        deserialize_char visit_char char;
        deserialize_str visit_string String;
        deserialize_string visit_string String;
        deserialize_identifier visit_string String;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.value {
            Value::None => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Int(value) => match (i64::try_from(*value), u64::try_from(*value)) {
                (Ok(value), _) => visitor.visit_i64(value),
                (_, Ok(value)) => visitor.visit_u64(value),
                _ => visitor.visit_i128(*value),
            },
            Value::UInt(value) => visitor.visit_u128(*value),
            Value::Float(value) => visitor.visit_f64(*value),
            Value::Text(text) if self.taken_as_said => match said(text) {
                Some(value) => self.of(&value).deserialize_any(visitor),
                None => visitor.visit_str(text),
            },
            Value::Text(text) => visitor.visit_str(text),
            Value::List(_) => self.list(visitor),
            Value::Map(_) => self.entries(None, visitor),
            Value::Other(_) => Err(Fault::new(format!("{} cannot be deserialized", self.value))),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_any(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if matches!(self.value, Value::None) || self.says_none() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.value {
            Value::None => visitor.visit_unit(),
            _ => Err(self.misfit(Misfit::new("None"))),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.list(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.list(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.list(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.entries(None, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.entries(Some(fields), visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let parsed = match self.value {
            Value::Text(text) if text.trim_start().starts_with('{') => json(text).ok(),
            _ => None,
        };
        let choice = match parsed.as_ref().unwrap_or(self.value) {
            Value::Text(text) => Choice {
                of: self,
                variant: text.as_ref(),
                content: None,
            },
            Value::Map(map) if map.len() == 1 => {
                let (variant, content) = map.iter().next().expect("it has one entry");
                Choice {
                    of: self,
                    variant,
                    content: Some(content),
                }
            }
            _ => return Err(self.misfit(Misfit::new(format!("one of {}", quoted_all(variants))))),
        };
        if !variants.is_empty() && !variants.contains(&choice.variant) {
            return Err(Fault::new(format!(
                "{} is not one of {}",
                quoted(choice.variant),
                quoted_all(variants)
            )));
        }
        visitor.visit_enum(choice)
    }

    /// What serde would drop: a field that the struct does not have.
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let Some((name, fields)) = self.among else {
            return visitor.visit_unit();
        };
        let mut fields = fields.to_vec();
        fields.sort_unstable();
        let near = nearest(name, fields.iter().copied());
        let hint = if near.is_empty() {
            String::new()
        } else {
            format!("; nearest: {}", quoted_all(&near))
        };
        Err(Fault::new(format!("no such field{hint}")))
    }
}

/// Return what a text says where it says more than itself.
fn said(text: &str) -> Option<Value> {
    match text.trim() {
        "true" | "True" => Some(Value::Bool(true)),
        "false" | "False" => Some(Value::Bool(false)),
        text if is_any(text, &["none", "null"]) => Some(Value::None),
        text if text.starts_with(['{', '[']) => json(text).ok(),
        text => number(text),
    }
}

fn quoted_all(names: &[impl AsRef<str>]) -> String {
    names
        .iter()
        .map(|name| quoted(name.as_ref()))
        .collect::<Vec<_>>()
        .join(", ")
}

struct List<'a> {
    of: Reader<'a>,
    items: &'a [Value],
    at: usize,
}

impl<'de> SeqAccess<'de> for List<'_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some(item) = self.items.get(self.at) else {
            return Ok(None);
        };
        self.at += 1;
        seed.deserialize(self.of.of(item))
            .map(Some)
            .map_err(|fault| fault.beneath(format_args!("[{}]", self.at - 1)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len() - self.at)
    }
}

struct Entries<'a> {
    of: Reader<'a>,
    left: btree_map::Iter<'a, String, Value>,
    value: Option<(&'a str, &'a Value)>,
    fields: Option<&'static [&'static str]>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Fault;

    fn next_key_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some((key, value)) = self.left.next() else {
            return Ok(None);
        };
        self.value = Some((key, value));
        let text = Value::from(key);
        seed.deserialize(self.of.of(&text))
            .map(Some)
            .map_err(|fault| fault.beneath(format_args!(".{key}")))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Fault> {
        let (name, value) = self
            .value
            .take()
            .ok_or_else(|| Fault::new("a value without a key"))?;
        let reader = Reader {
            among: self.fields.map(|fields| (name, fields)),
            ..self.of.of(value)
        };
        seed.deserialize(reader)
            .map_err(|fault| fault.beneath(format_args!(".{name}")))
    }
}

struct Choice<'a> {
    of: Reader<'a>,
    variant: &'a str,
    content: Option<&'a Value>,
}

impl<'a, 'de> EnumAccess<'de> for Choice<'a> {
    type Error = Fault;
    type Variant = Content<'a>;

    fn variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<(T::Value, Content<'a>), Fault> {
        let name = Value::from(self.variant);
        Ok((
            seed.deserialize(self.of.of(&name))?,
            Content {
                of: self.of,
                variant: self.variant,
                content: self.content,
            },
        ))
    }
}

struct Content<'a> {
    of: Reader<'a>,
    variant: &'a str,
    content: Option<&'a Value>,
}

impl<'a> Content<'a> {
    fn reader(&self) -> Result<Reader<'a>, Fault> {
        let missing = || Fault::new(format!("{} needs more than its name", quoted(self.variant)));
        self.content
            .map(|content| self.of.of(content))
            .ok_or_else(missing)
    }
}

impl<'de> VariantAccess<'de> for Content<'_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.content {
            None | Some(Value::None) => Ok(()),
            Some(_) => Err(Fault::new(format!(
                "{} is no more than its name",
                quoted(self.variant)
            ))),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        seed.deserialize(self.reader()?)
            .map_err(|fault| fault.beneath(format_args!(".{}", self.variant)))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.reader()?
            .list(visitor)
            .map_err(|fault| fault.beneath(format_args!(".{}", self.variant)))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let made = self.reader()?.entries(Some(fields), visitor);
        made.map_err(|fault| fault.beneath(format_args!(".{}", self.variant)))
    }
}

// --- Which types are made of the keys beneath a key ---

/// Tell whether a type can be made from a mapping, so that what lies beneath its key can become it.
pub(crate) fn takes<T: DeserializeOwned>(beneath: &Value) -> bool {
    let asked = Cell::new(Asked::Otherwise);
    let _ = T::deserialize(Ask(&asked));
    match (asked.get(), beneath) {
        (Asked::Mapping, _) => true,
        (Asked::Choice(variants), Value::Map(map)) => {
            map.len() == 1 && map.keys().all(|name| variants.contains(&name.as_str()))
        }
        _ => false,
    }
}

#[derive(Clone, Copy)]
enum Asked {
    Mapping,
    Choice(&'static [&'static str]),
    Otherwise,
}

/// A deserializer that only notes what it is asked for.
struct Ask<'a>(&'a Cell<Asked>);

impl Ask<'_> {
    fn note<T>(self, asked: Asked) -> Result<T, Fault> {
        self.0.set(asked);
        Err(Fault::new(""))
    }
}

macro_rules! otherwise {
    ($($method:ident($($given:ty),*))*) => {
        $(fn $method<V: Visitor<'de>>(self, $(_: $given,)* _: V) -> Result<V::Value, Fault> {
            self.note(Asked::Otherwise)
        })*
    };
}

impl<'de> Deserializer<'de> for Ask<'_> {
    type Error = Fault;

    /// What looks at the value to see what it is, as untagged enums do, can be a mapping.
    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fault> {
        self.note(Asked::Mapping)
    }

    fn deserialize_map<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fault> {
        self.note(Asked::Mapping)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Fault> {
        self.note(Asked::Mapping)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Fault> {
        self.note(Asked::Choice(variants))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    otherwise! {
        deserialize_bool() deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64()
        deserialize_i128() deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64()
        deserialize_u128() deserialize_f32() deserialize_f64() deserialize_char() deserialize_str()
        deserialize_string() deserialize_bytes() deserialize_byte_buf() deserialize_unit()
        deserialize_unit_struct(&'static str) deserialize_seq() deserialize_tuple(usize)
        deserialize_tuple_struct(&'static str, usize) deserialize_identifier() deserialize_ignored_any()
    }
}
