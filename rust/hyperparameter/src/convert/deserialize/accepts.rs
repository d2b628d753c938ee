//! Which types can be deserialized from the subtree below a key.
//!
//! serde does not say this about a type. So the type is deserialized by a [`Recorder`], which records the first request
//! of the type and then fails.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde::de::{DeserializeOwned, Deserializer, Visitor};

use super::fault::Fault;
use crate::convert::containers::are_items;
use crate::value::Value;

/// Return whether a type can be deserialized from a mapping, so that a subtree can be read as it.
pub(crate) fn accepts_subtree<T: DeserializeOwned>(subtree: &BTreeMap<String, Value>) -> bool {
    let request = Cell::new(Request::Other);
    let _ = T::deserialize(Recorder(&request));
    match request.get() {
        Request::Mapping => true,
        Request::Enum(variants) => {
            let is_variant = |name: &String| variants.contains(&name.as_str());
            subtree.len() == 1 && subtree.keys().all(is_variant)
        }
        Request::List => are_items(subtree),
        Request::Other => false,
    }
}

/// What a type asks its deserializer for.
#[derive(Clone, Copy)]
enum Request {
    Mapping,
    /// A list: the subtree can set items of it.
    List,
    /// An enum with these variants.
    Enum(&'static [&'static str]),
    Other,
}

/// A deserializer that records the first request and then fails.
struct Recorder<'a>(&'a Cell<Request>);

impl Recorder<'_> {
    fn record<T>(self, request: Request) -> Result<T, Fault> {
        self.0.set(request);
        Err(Fault::new(""))
    }
}

macro_rules! record {
    ($request:ident: $($method:ident($($type:ty),*))*) => {
        $(fn $method<V: Visitor<'de>>(self, $(_: $type,)* _: V) -> Result<V::Value, Fault> {
            self.record(Request::$request)
        })*
    };
}

impl<'de> Deserializer<'de> for Recorder<'_> {
    type Error = Fault;

    /// A type that lets the value decide, such as an untagged enum, may accept a mapping.
    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fault> {
        self.record(Request::Mapping)
    }

    fn deserialize_map<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fault> {
        self.record(Request::Mapping)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Fault> {
        self.record(Request::Mapping)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Fault> {
        self.record(Request::Enum(variants))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    record! {
        List: deserialize_seq() deserialize_tuple(usize) deserialize_tuple_struct(&'static str, usize)
    }

    record! {
        Other: deserialize_bool() deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64()
        deserialize_i128() deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64()
        deserialize_u128() deserialize_f32() deserialize_f64() deserialize_char() deserialize_str()
        deserialize_string() deserialize_bytes() deserialize_byte_buf() deserialize_unit()
        deserialize_unit_struct(&'static str) deserialize_identifier() deserialize_ignored_any()
    }
}
