//! Parsing steps. A step with an unknown field is an error.

use std::sync::Arc;

use hyperparameter::ParamErrorKind;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::read::{ReadAs, Type};

/// An operation and its expected outcome.
pub(crate) struct Step {
    /// The text of the step, for messages.
    pub(crate) source: String,
    pub(crate) operation: Operation,
    pub(crate) outcome: Outcome,
}

pub(crate) type Steps = Arc<[Step]>;

/// An operation with its fields. Each is one of [`OPERATIONS`].
pub(crate) enum Operation {
    Enter {
        sources: Vec<Value>,
        params: Option<Value>,
        empty: bool,
        name: Option<String>,
    },
    Make {
        sources: Vec<Value>,
        name: String,
    },
    Reenter(String),
    Leave(Option<String>),
    Block {
        sources: Vec<Value>,
        steps: Steps,
        fails: bool,
    },
    Current(String),
    Read {
        key: String,
        read_as: ReadAs,
        within: Option<String>,
    },
    Require {
        key: String,
        within: Option<String>,
    },
    Truth {
        key: String,
        within: Option<String>,
    },
    Convert {
        data: Value,
        read_as: ReadAs,
    },
    View {
        items: Value,
        within: Option<String>,
    },
    Keys {
        keys: Vec<String>,
        within: Option<String>,
    },
    Has {
        key: String,
        within: Option<String>,
    },
    Size {
        size: usize,
        within: Option<String>,
    },
    Write {
        items: Table,
        within: Option<String>,
    },
    Update {
        sources: Vec<Value>,
        within: String,
    },
    Delete {
        key: String,
        within: Option<String>,
    },
    Clear(String),
    Frozen,
    Thread(Steps),
    Task(Steps),
    Snapshot(String),
    Bind {
        steps: Steps,
        name: String,
    },
    Call(String),
}

/// The expected outcome of a step.
pub(crate) enum Outcome {
    Nothing,
    Value(Value),
    Error {
        kind: ParamErrorKind,
        text: Option<String>,
    },
}

const OPERATIONS: [&str; 25] = [
    "enter",
    "enter_empty",
    "make",
    "reenter",
    "leave",
    "block",
    "current",
    "read",
    "require",
    "truth",
    "convert",
    "view",
    "keys",
    "has",
    "size",
    "write",
    "update",
    "delete",
    "clear",
    "frozen",
    "thread",
    "task",
    "snapshot",
    "bind",
    "call",
];

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
        match fields.0.keys().next() {
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

impl Operation {
    fn parse(fields: &mut Fields) -> Result<Self, String> {
        let names = OPERATIONS
            .iter()
            .filter(|name| fields.0.contains_key(**name));
        let &[name] = names.collect::<Vec<_>>().as_slice() else {
            return Err("a step needs exactly one known operation".to_owned());
        };
        Ok(match *name {
            "enter" | "enter_empty" => Self::Enter {
                sources: fields.sources(name)?,
                params: if *name == "enter" {
                    fields.optional("params")?
                } else {
                    None
                },
                empty: *name == "enter_empty",
                name: fields.optional("as")?,
            },
            "make" => Self::Make {
                sources: fields.sources(name)?,
                name: fields.required("as")?,
            },
            "reenter" => Self::Reenter(fields.required(name)?),
            "leave" => Self::Leave(match fields.required(name)? {
                Value::Boolean(true) => None,
                Value::String(scope) => Some(scope),
                other => return Err(format!("not the name of a scope: {other}")),
            }),
            "block" => Self::Block {
                sources: fields.sources(name)?,
                steps: fields.steps("steps")?,
                fails: fields.optional("fails")?.unwrap_or(false),
            },
            "current" => Self::Current(fields.required(name)?),
            "read" => {
                let (key, read_as, within) = (
                    fields.required(name)?,
                    fields.read_as("default")?,
                    fields.within()?,
                );
                if matches!((&read_as, &within), (ReadAs::Type { .. }, Some(_))) {
                    return Err("a read as a type uses the current view".to_owned());
                }
                Self::Read {
                    key,
                    read_as,
                    within,
                }
            }
            "require" => Self::Require {
                key: fields.required(name)?,
                within: fields.within()?,
            },
            "truth" => Self::Truth {
                key: fields.required(name)?,
                within: fields.within()?,
            },
            "convert" => Self::Convert {
                data: fields.required(name)?,
                read_as: fields.read_as("like")?,
            },
            "view" => Self::View {
                items: fields.required(name)?,
                within: fields.within()?,
            },
            "keys" => Self::Keys {
                keys: fields.required(name)?,
                within: fields.within()?,
            },
            "has" => Self::Has {
                key: fields.required(name)?,
                within: fields.within()?,
            },
            "size" => Self::Size {
                size: fields.required(name)?,
                within: fields.within()?,
            },
            "write" => Self::Write {
                items: fields.required(name)?,
                within: fields.within()?,
            },
            "update" => Self::Update {
                sources: fields.sources(name)?,
                within: fields.required("in")?,
            },
            "delete" => Self::Delete {
                key: fields.required(name)?,
                within: fields.within()?,
            },
            "clear" => Self::Clear(fields.required(name)?),
            "frozen" => match fields.required(name)? {
                true => Self::Frozen,
                false => return Err("the value of frozen is true".to_owned()),
            },
            "thread" => Self::Thread(fields.steps(name)?),
            "task" => Self::Task(fields.steps(name)?),
            "snapshot" => Self::Snapshot(fields.required(name)?),
            "bind" => Self::Bind {
                steps: fields.steps(name)?,
                name: fields.required("as")?,
            },
            "call" => Self::Call(fields.required(name)?),
            _ => return Err(format!("unknown operation: {name}")),
        })
    }
}

/// The fields of a step that are not parsed yet.
struct Fields(Table);

impl Fields {
    /// Take an optional field.
    fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, String> {
        let value = self.0.remove(name).map(Value::try_into).transpose();
        value.map_err(|error| format!("{name}: {error}"))
    }

    /// Take a required field.
    fn required<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, String> {
        self.optional(name)?
            .ok_or_else(|| format!("the field {name} is missing"))
    }

    fn within(&mut self) -> Result<Option<String>, String> {
        self.optional("in")
    }

    /// Take a field that is one source or a list of sources.
    fn sources(&mut self, name: &str) -> Result<Vec<Value>, String> {
        Ok(match self.required(name)? {
            Value::Array(sources) => sources,
            source => vec![source],
        })
    }

    fn steps(&mut self, name: &str) -> Result<Steps, String> {
        Step::all(&self.required::<Vec<Table>>(name)?)
    }

    /// Take the fields that say how to read: the name of a type, or a default.
    fn read_as(&mut self, default: &str) -> Result<ReadAs, String> {
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
