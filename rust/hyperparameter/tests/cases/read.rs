//! Reading parameters as the types that a case names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hyperparameter::{FromValue, ParamError, Snapshot, Value, try_get_param};
use serde::Deserialize;
use toml::Value as Data;

use crate::flow::Failure;
use crate::value::{Item, same, tagged, value_of};

/// The needs of a case that decide which type of Rust a read uses.
#[derive(Clone, Copy, Default)]
pub(crate) struct TypeNeeds {
    /// Whether `None` is among its values. If so, a read with a default reads an `Option`.
    pub(crate) optional: bool,
    /// Whether integers are wider than 64 bits.
    pub(crate) wide: bool,
}

/// How a step reads a parameter: like a default, or as a type.
pub(crate) enum ReadAs {
    Default(Data),
    Type { name: Type, default: Option<Data> },
}

/// The types that a case can name.
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
    pub(crate) fn from_name(name: &str) -> Result<Self, String> {
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
            _ => return Err(format!("unknown type: {name}")),
        })
    }

    fn of_default(value: &Value, data: &Data) -> Result<Self, String> {
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
            other => return Err(format!("not a default: {other}")),
        })
    }
}

/// The key that `convert` sets. It is read by the macros too.
pub(crate) const CONVERTED: &str = "x.v";

/// A key and the view that it is read from.
pub(crate) struct Key<'a> {
    pub(crate) view: &'a Snapshot,
    pub(crate) key: &'a str,
}

impl Key<'_> {
    /// Read the key as a step says.
    pub(crate) fn read(&self, read_as: &ReadAs, types: TypeNeeds) -> Result<Value, Failure> {
        match read_as {
            ReadAs::Default(data) => {
                let default = value_of(data)?;
                self.read_type(Type::of_default(&default, data)?, Some(&default), types)
            }
            ReadAs::Type { name, default } => {
                let default = default.as_ref().map(value_of).transpose()?;
                // A type that accepts `None` says so in its name.
                let optional = false;
                self.read_type(*name, default.as_ref(), TypeNeeds { optional, ..types })
            }
        }
    }

    fn read_type(
        &self,
        name: Type,
        default: Option<&Value>,
        types: TypeNeeds,
    ) -> Result<Value, Failure> {
        let TypeNeeds { optional, wide } = types;
        match name {
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
    ) -> Result<Value, Failure> {
        if optional {
            self.read_as::<Option<T>>(default)
        } else {
            self.read_as::<T>(default)
        }
    }

    /// Read the key as a type. The compiler would refuse a default of another type, so such a default is left out.
    fn read_as<T: Readable>(&self, default: Option<&Value>) -> Result<Value, Failure> {
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
            // The second read has a cached answer.
            for _ in 0..2 {
                let by_macro = match default.clone() {
                    Some(default) => try_get_param!(x.v, default),
                    None => try_get_param!(x.v),
                };
                check_equal(&read, &by_macro.map(T::into))?;
            }
        }
        Ok(read?)
    }

    fn read_optimizer(&self) -> Result<Value, Failure> {
        let read = self.view.deserialize(self.key).map(Optimizer::into);
        if self.key == CONVERTED {
            check_equal(
                &read,
                &try_get_param!(x.v, Optimizer::Sgd).map(Optimizer::into),
            )?;
        }
        Ok(read?)
    }
}

/// A type that a parameter can be read as, and that can be compared.
trait Readable: FromValue + Into<Value> + Clone + 'static {}

impl<T: FromValue + Into<Value> + Clone + 'static> Readable for T {}

/// Check that a snapshot and a macro read the same value or the same error.
fn check_equal(
    by_view: &Result<Value, ParamError>,
    by_macro: &Result<Value, ParamError>,
) -> Result<(), Failure> {
    let are_equal = match (by_view, by_macro) {
        (Ok(left), Ok(right)) => same(left, right),
        (Err(left), Err(right)) => left.to_string() == right.to_string(),
        _ => false,
    };
    if are_equal {
        return Ok(());
    }
    Err(Failure::Case(format!(
        "from the view: {by_view:?}; by a macro: {by_macro:?}"
    )))
}

/// The type `'sgd' | 'adam'`.
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
