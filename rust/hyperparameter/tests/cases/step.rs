//! Parsing steps. A step with an unknown field is an error.

use std::sync::Arc;

use hyperparameter::ParamErrorKind;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::operation::Operation;
use crate::read::{ReadAs, Type};

/// An operation and its expected outcome.
pub(crate) struct Step {
    /// The text of the step, for messages.
    pub(crate) source: String,
    pub(crate) operation: Operation,
    pub(crate) outcome: Outcome,
}

pub(crate) type Steps = Arc<[Step]>;

/// The expected outcome of a step.
pub(crate) enum Outcome {
    Nothing,
    Value(Value),
    Error {
        kind: ParamErrorKind,
        text: Option<String>,
    },
}

impl Step {
    /// Parse the steps of a case.
    pub(crate) fn all(tables: &[Table]) -> Result<Steps, String> {
        tables
            .iter()
            .map(|table| {
                let source = Value::from(table.clone()).to_string();
                Self::parse(table.clone(), &source)
                    .map_err(|message| format!("{message}\n  in {source}"))
            })
            .collect()
    }

    fn parse(table: Table, source: &str) -> Result<Self, String> {
        let mut fields = Fields(table);
        let step = Self {
            source: source.to_owned(),
            outcome: Outcome::parse(&mut fields)?,
            operation: Operation::parse(&mut fields)?,
        };
        match fields.names().next() {
            Some(field) => Err(format!("unknown field: {field}")),
            None => Ok(step),
        }
    }
}

impl Outcome {
    fn parse(fields: &mut Fields) -> Result<Self, String> {
        let error: Option<String> = fields.optional("error")?;
        Ok(
            match (fields.optional("value")?, error, fields.optional("text")?) {
                (None, None, None) => Self::Nothing,
                (Some(value), None, None) => Self::Value(value),
                (None, Some(error), text) => {
                    let kind = match error.as_str() {
                        "MissingParam" => ParamErrorKind::Missing,
                        "Param" => ParamErrorKind::Misfit,
                        "KeySyntax" => ParamErrorKind::Syntax,
                        _ => return Err(format!("unknown error: {error}")),
                    };
                    Self::Error { kind, text }
                }
                _ => {
                    return Err(
                        "a step needs one outcome: a value, or an error with or without a text"
                            .to_owned(),
                    );
                }
            },
        )
    }
}

/// The fields of a step that are not parsed yet.
pub(crate) struct Fields(Table);

impl Fields {
    /// Return the names of the fields that are not parsed yet.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Take an optional field.
    pub(crate) fn optional<T: DeserializeOwned>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, String> {
        let value = self.0.remove(name).map(Value::try_into).transpose();
        value.map_err(|error| format!("{name}: {error}"))
    }

    /// Take a required field.
    pub(crate) fn required<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, String> {
        self.optional(name)?
            .ok_or_else(|| format!("the field {name} is missing"))
    }

    pub(crate) fn within(&mut self) -> Result<Option<String>, String> {
        self.optional("in")
    }

    /// Take a field that is one source or a list of sources.
    pub(crate) fn sources(&mut self, name: &str) -> Result<Vec<Value>, String> {
        Ok(match self.required(name)? {
            Value::Array(sources) => sources,
            source => vec![source],
        })
    }

    pub(crate) fn steps(&mut self, name: &str) -> Result<Steps, String> {
        Step::all(&self.required::<Vec<Table>>(name)?)
    }

    /// Take the fields that say how to read: the name of a type, or a default.
    pub(crate) fn read_as(&mut self, default: &str) -> Result<ReadAs, String> {
        let name: Option<String> = self.optional("as_type")?;
        let default: Option<Value> = self.optional(default)?;
        match (name, default) {
            (Some(name), default) => Ok(ReadAs::Type {
                name: Type::from_name(&name)?,
                default,
            }),
            (None, Some(default)) => Ok(ReadAs::Default(default)),
            (None, None) => Err("a read needs a default or a type".to_owned()),
        }
    }
}
