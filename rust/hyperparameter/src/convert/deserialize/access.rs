//! The parts of a value: the items of a list, the entries of a mapping, and the content of an enum variant.

use std::collections::{BTreeMap, btree_map};

use serde::de::{DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor};

use super::fault::Fault;
use super::reader::{Field, Part, Reader};
use crate::key::quote;
use crate::quote::quoted;
use crate::value::Value;

/// Reads the items of a list.
pub(super) struct ListReader<'a> {
    reader: Reader<'a>,
    items: Vec<Part<'a>>,
    /// How many items were read so far.
    pub(super) read_count: usize,
}

impl<'a> ListReader<'a> {
    pub(super) fn new(reader: Reader<'a>, items: Vec<Part<'a>>) -> Self {
        Self {
            reader,
            items,
            read_count: 0,
        }
    }
}

impl<'de> SeqAccess<'de> for ListReader<'_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some(item) = self.items.get(self.read_count) else {
            return Ok(None);
        };
        let index = self.read_count;
        self.read_count += 1;
        seed.deserialize(self.reader.with_part(*item))
            .map(Some)
            .map_err(|fault| fault.in_part(format_args!("[{index}]"), item.value))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len() - self.read_count)
    }
}

/// Reads the entries of a mapping, and those of the default that the mapping does not have.
pub(super) struct MapReader<'a> {
    reader: Reader<'a>,
    remaining: btree_map::IntoIter<&'a str, Part<'a>>,
    /// The entry whose key was read and whose value comes next.
    current: Option<(&'a str, Part<'a>)>,
    /// The names of the fields if the mapping is read as a struct.
    fields: Option<&'static [&'static str]>,
}

impl<'a> MapReader<'a> {
    pub(super) fn new(
        reader: Reader<'a>,
        map: &'a BTreeMap<String, Value>,
        fields: Option<&'static [&'static str]>,
    ) -> Self {
        let mut entries: BTreeMap<&str, Part<'a>> = BTreeMap::new();
        if let Some(Value::Map(default)) = reader.default {
            for (name, value) in default.iter() {
                let default = None;
                entries.insert(name, Part { value, default });
            }
        }
        for (name, value) in map {
            let default = entries.get(name.as_str()).map(|part| part.value);
            let value = value.plain_append();
            entries.insert(name, Part { value, default });
        }
        Self {
            reader,
            remaining: entries.into_iter(),
            current: None,
            fields,
        }
    }
}

impl<'de> MapAccess<'de> for MapReader<'_> {
    type Error = Fault;

    fn next_key_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some((name, part)) = self.remaining.next() else {
            return Ok(None);
        };
        self.current = Some((name, part));
        let text = Value::from(name);
        seed.deserialize(self.reader.with_value(&text))
            .map(Some)
            .map_err(|fault| fault.in_part(format_args!(".{}", quote(name)), part.value))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Fault> {
        let (name, part) = self
            .current
            .take()
            .ok_or_else(|| Fault::new("a value without a key"))?;
        let field = self.fields.map(|known| Field { name, known });
        let reader = Reader {
            field,
            ..self.reader.with_part(part)
        };
        seed.deserialize(reader)
            .map_err(|fault| fault.in_part(format_args!(".{}", quote(name)), part.value))
    }
}

/// Reads the name of an enum variant.
pub(super) struct EnumReader<'a> {
    reader: Reader<'a>,
    variant: &'a str,
    /// The content of the variant. `None` if there is only its name.
    content: Option<Part<'a>>,
}

impl<'a> EnumReader<'a> {
    pub(super) fn new(reader: Reader<'a>, variant: &'a str, content: Option<Part<'a>>) -> Self {
        Self {
            reader,
            variant,
            content,
        }
    }
}

impl<'a, 'de> EnumAccess<'de> for EnumReader<'a> {
    type Error = Fault;
    type Variant = VariantReader<'a>;

    fn variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<(T::Value, VariantReader<'a>), Fault> {
        let name = Value::from(self.variant);
        let variant = seed.deserialize(self.reader.with_value(&name))?;
        Ok((variant, VariantReader(self)))
    }
}

/// Reads the content of an enum variant.
pub(super) struct VariantReader<'a>(EnumReader<'a>);

impl<'a> VariantReader<'a> {
    fn content(&self) -> Result<Reader<'a>, Fault> {
        let Some(content) = self.0.content else {
            let name = quoted(self.0.variant);
            return Err(Fault::new(format!("the variant {name} needs a value")));
        };
        Ok(self.0.reader.with_part(content))
    }

    fn in_variant(&self, fault: Fault) -> Fault {
        let value = self.0.content.map_or(&Value::None, |part| part.value);
        fault.in_part(format_args!(".{}", quote(self.0.variant)), value)
    }
}

impl<'de> VariantAccess<'de> for VariantReader<'_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.0.content {
            None => Ok(()),
            Some(part) if part.value == &Value::None => Ok(()),
            Some(_) => {
                let name = quoted(self.0.variant);
                Err(Fault::new(format!("the variant {name} has no value")))
            }
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        seed.deserialize(self.content()?)
            .map_err(|fault| self.in_variant(fault))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _length: usize, visitor: V) -> Result<V::Value, Fault> {
        self.content()?
            .read_list(visitor)
            .map_err(|fault| self.in_variant(fault))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.content()?
            .read_map(Some(fields), visitor)
            .map_err(|fault| self.in_variant(fault))
    }
}
