//! Reading: what a case asks for, as the types of Rust.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hyperparameter::{FromValue, ParamError, Snapshot, Value, try_get_param};
use serde::Deserialize;
use toml::Value as Data;

use crate::flow::Fault;
use crate::value::{Item, same, tagged, value_of};

/// What a case's needs make of its reads.
#[derive(Clone, Copy, Default)]
pub(crate) struct Terms {
    /// `None` is among its values: what is read like a default is an `Option`.
    pub(crate) optional: bool,
    /// Integers are wider than 64 bits.
    pub(crate) wide: bool,
}

/// What a read asks for.
pub(crate) enum As {
    Default(Data),
    Type { wanted: Type, default: Option<Data> },
}

/// The types of the file.
#[derive(Clone, Copy)]
pub(crate) enum Type {
    Bool,
    Int,
    Float,
    Str,
    List,
    Pair,
    Set,
    Dict,
    Ints,
    Floats,
    IntOrNone,
    Optimizer,
    Anything,
}

impl Type {
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        Ok(match name {
            "bool" => Self::Bool,
            "int" => Self::Int,
            "float" => Self::Float,
            "str" => Self::Str,
            "list" => Self::List,
            "tuple" => Self::Pair,
            "set" => Self::Set,
            "dict" => Self::Dict,
            "list[int]" => Self::Ints,
            "dict[str, float]" => Self::Floats,
            "int | none" => Self::IntOrNone,
            "'sgd' | 'adam'" => Self::Optimizer,
            _ => return Err(format!("a type that is not known: {name}")),
        })
    }

    fn of(value: &Value, data: &Data) -> Result<Self, String> {
        Ok(match value {
            Value::None => Self::Anything,
            Value::Bool(_) => Self::Bool,
            Value::Int(_) => Self::Int,
            Value::Float(_) => Self::Float,
            Value::Text(_) => Self::Str,
            Value::List(_) => match tagged(data) {
                Some(("tuple", _)) => Self::Pair,
                Some(("set", _)) => Self::Set,
                _ => Self::List,
            },
            Value::Map(_) => Self::Dict,
            other => return Err(format!("no default: {other}")),
        })
    }
}

/// The key that `convert` sets, which is read at places in source code too.
pub(crate) const CONVERTED: &str = "x.v";

/// Where something is read.
pub(crate) struct Key<'a> {
    pub(crate) view: &'a Snapshot,
    pub(crate) key: &'a str,
}

impl Key<'_> {
    /// Read as a case asks.
    pub(crate) fn read(&self, wanted: &As, terms: Terms) -> Result<Value, Fault> {
        match wanted {
            As::Default(data) => {
                let default = value_of(data)?;
                self.read_type(Type::of(&default, data)?, Some(&default), terms)
            }
            As::Type { wanted, default } => {
                let default = default.as_ref().map(value_of).transpose()?;
                let optional = false; // an annotation says it itself
                self.read_type(*wanted, default.as_ref(), Terms { optional, ..terms })
            }
        }
    }

    fn read_type(
        &self,
        wanted: Type,
        default: Option<&Value>,
        terms: Terms,
    ) -> Result<Value, Fault> {
        let Terms { optional, wide } = terms;
        match wanted {
            Type::Bool => self.read_or_none::<bool>(default, optional),
            Type::Int if wide => self.read_or_none::<i128>(default, optional),
            Type::Int => self.read_or_none::<i64>(default, optional),
            Type::Float => self.read_or_none::<f64>(default, optional),
            Type::Str => self.read_or_none::<String>(default, optional),
            Type::List => self.read_or_none::<Vec<Value>>(default, optional),
            Type::Pair => self.read_or_none::<(i64, i64)>(default, optional),
            Type::Set => self.read_or_none::<BTreeSet<Item>>(default, optional),
            Type::Dict => self.read_or_none::<BTreeMap<String, Value>>(default, optional),
            Type::Ints => self.read_as::<Vec<i64>>(default),
            Type::Floats => self.read_as::<HashMap<String, f64>>(default),
            Type::IntOrNone => self.read_as::<Option<i64>>(default),
            Type::Anything => self.read_as::<Option<Value>>(default),
            Type::Optimizer => self.read_optimizer(),
        }
    }

    fn read_or_none<T: Readable>(
        &self,
        default: Option<&Value>,
        optional: bool,
    ) -> Result<Value, Fault> {
        if optional {
            self.read_as::<Option<T>>(default)
        } else {
            self.read_as::<T>(default)
        }
    }

    /// Read as a type. A default of another type is what the compiler refuses: the read goes without it.
    fn read_as<T: Readable>(&self, default: Option<&Value>) -> Result<Value, Fault> {
        let default = default.and_then(|value| {
            let typed = T::from_value(value).ok()?;
            same(&typed.clone().into(), value).then_some(typed)
        });
        let read = match default.clone() {
            Some(default) => self.view.try_get(self.key, default),
            None => self.view.require(self.key),
        };
        let read = read.map(T::into);
        if self.key == CONVERTED {
            for _ in 0..2 {
                // the second time at this place, which remembers the answer
                let again = match default.clone() {
                    Some(default) => try_get_param!(x.v, default),
                    None => try_get_param!(x.v),
                };
                agree(&read, &again.map(T::into))?;
            }
        }
        Ok(read?)
    }

    fn read_optimizer(&self) -> Result<Value, Fault> {
        let read = self.view.deserialize(self.key).map(Optimizer::into);
        if self.key == CONVERTED {
            agree(
                &read,
                &try_get_param!(x.v, Optimizer::Sgd).map(Optimizer::into),
            )?;
        }
        Ok(read?)
    }
}

/// What a parameter can be read as and compared.
trait Readable: FromValue + Into<Value> + Clone + 'static {}

impl<T: FromValue + Into<Value> + Clone + 'static> Readable for T {}

/// Refuse two ways to read that differ.
fn agree(one: &Result<Value, ParamError>, other: &Result<Value, ParamError>) -> Result<(), Fault> {
    let alike = match (one, other) {
        (Ok(one), Ok(other)) => same(one, other),
        (Err(one), Err(other)) => one.to_string() == other.to_string(),
        _ => false,
    };
    if alike {
        return Ok(());
    }
    Err(Fault::Mistake(format!(
        "from the view: {one:?}; at a place in source code: {other:?}"
    )))
}

/// `'sgd' | 'adam'`.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Optimizer {
    Sgd,
    Adam,
}

impl From<Optimizer> for Value {
    fn from(optimizer: Optimizer) -> Self {
        match optimizer {
            Optimizer::Sgd => "sgd".into(),
            Optimizer::Adam => "adam".into(),
        }
    }
}
