//! Steps: what they do, and what comes of it. A step that is not understood whole is refused.

use std::sync::Arc;

use hyperparameter::ParamErrorKind;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::read::{As, Type};

/// What to do, and what comes of it.
pub(crate) struct Step {
    /// As it stands in the file.
    pub(crate) told: String,
    pub(crate) operation: Operation,
    pub(crate) outcome: Outcome,
}

pub(crate) type Steps = Arc<[Step]>;

/// One key of the table in which a step stands, with its fields.
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
        wanted: As,
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
        wanted: As,
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

/// What comes of a step.
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
    /// Return what is said by tables of the file.
    pub(crate) fn all(tables: &[Table]) -> Result<Steps, String> {
        tables
            .iter()
            .map(|table| {
                let told = Value::from(table.clone()).to_string();
                Self::of(table.clone(), &told).map_err(|fault| format!("{fault}\n  in {told}"))
            })
            .collect()
    }

    fn of(table: Table, told: &str) -> Result<Self, String> {
        let mut fields = Fields(table);
        let step = Self {
            told: told.to_owned(),
            outcome: Outcome::of(&mut fields)?,
            operation: Operation::of(&mut fields)?,
        };
        match fields.0.keys().next() {
            Some(field) => Err(format!("a field that is not known: {field}")),
            None => Ok(step),
        }
    }
}

impl Outcome {
    fn of(fields: &mut Fields) -> Result<Self, String> {
        let error: Option<String> = fields.option("error")?;
        Ok(
            match (fields.option("value")?, error, fields.option("text")?) {
                (None, None, None) => Self::Nothing,
                (Some(value), None, None) => Self::Value(value),
                (None, Some(error), text) => {
                    let kind = match error.as_str() {
                        "MissingParam" => ParamErrorKind::Missing,
                        "Param" => ParamErrorKind::Misfit,
                        "KeySyntax" => ParamErrorKind::Syntax,
                        _ => return Err(format!("an error that is not known: {error}")),
                    };
                    Self::Error { kind, text }
                }
                _ => return Err("one outcome: a value, or an error and its text".to_owned()),
            },
        )
    }
}

impl Operation {
    fn of(fields: &mut Fields) -> Result<Self, String> {
        let names = OPERATIONS
            .iter()
            .filter(|name| fields.0.contains_key(**name));
        let &[name] = names.collect::<Vec<_>>().as_slice() else {
            return Err("one operation that is known".to_owned());
        };
        Ok(match *name {
            "enter" | "enter_empty" => Self::Enter {
                sources: fields.sources(name)?,
                params: if *name == "enter" {
                    fields.option("params")?
                } else {
                    None
                },
                empty: *name == "enter_empty",
                name: fields.option("as")?,
            },
            "make" => Self::Make {
                sources: fields.sources(name)?,
                name: fields.one("as")?,
            },
            "reenter" => Self::Reenter(fields.one(name)?),
            "leave" => Self::Leave(match fields.one(name)? {
                Value::Boolean(true) => None,
                Value::String(scope) => Some(scope),
                other => return Err(format!("no scope's name: {other}")),
            }),
            "block" => Self::Block {
                sources: fields.sources(name)?,
                steps: fields.steps("steps")?,
                fails: fields.option("fails")?.unwrap_or(false),
            },
            "current" => Self::Current(fields.one(name)?),
            "read" => {
                let (key, wanted, within) = (
                    fields.one(name)?,
                    fields.wanted("default")?,
                    fields.within()?,
                );
                if matches!((&wanted, &within), (As::Type { .. }, Some(_))) {
                    return Err("what is annotated is read from the present view".to_owned());
                }
                Self::Read {
                    key,
                    wanted,
                    within,
                }
            }
            "require" => Self::Require {
                key: fields.one(name)?,
                within: fields.within()?,
            },
            "truth" => Self::Truth {
                key: fields.one(name)?,
                within: fields.within()?,
            },
            "convert" => Self::Convert {
                data: fields.one(name)?,
                wanted: fields.wanted("like")?,
            },
            "view" => Self::View {
                items: fields.one(name)?,
                within: fields.within()?,
            },
            "keys" => Self::Keys {
                keys: fields.one(name)?,
                within: fields.within()?,
            },
            "has" => Self::Has {
                key: fields.one(name)?,
                within: fields.within()?,
            },
            "size" => Self::Size {
                size: fields.one(name)?,
                within: fields.within()?,
            },
            "write" => Self::Write {
                items: fields.one(name)?,
                within: fields.within()?,
            },
            "update" => Self::Update {
                sources: fields.sources(name)?,
                within: fields.one("in")?,
            },
            "delete" => Self::Delete {
                key: fields.one(name)?,
                within: fields.within()?,
            },
            "clear" => Self::Clear(fields.one(name)?),
            "frozen" => match fields.one(name)? {
                true => Self::Frozen,
                false => return Err("frozen = true".to_owned()),
            },
            "thread" => Self::Thread(fields.steps(name)?),
            "task" => Self::Task(fields.steps(name)?),
            "snapshot" => Self::Snapshot(fields.one(name)?),
            "bind" => Self::Bind {
                steps: fields.steps(name)?,
                name: fields.one("as")?,
            },
            "call" => Self::Call(fields.one(name)?),
            _ => return Err(format!("an operation that is not known: {name}")),
        })
    }
}

/// What is left of a step's table.
struct Fields(Table);

impl Fields {
    /// Take out a field that can be left out.
    fn option<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, String> {
        let taken = self.0.remove(name).map(Value::try_into).transpose();
        taken.map_err(|fault| format!("{name}: {fault}"))
    }

    /// Take out a field.
    fn one<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, String> {
        self.option(name)?
            .ok_or_else(|| format!("there is no {name}"))
    }

    fn within(&mut self) -> Result<Option<String>, String> {
        self.option("in")
    }

    /// Take out one source, or a list of them.
    fn sources(&mut self, name: &str) -> Result<Vec<Value>, String> {
        Ok(match self.one(name)? {
            Value::Array(sources) => sources,
            source => vec![source],
        })
    }

    fn steps(&mut self, name: &str) -> Result<Steps, String> {
        Step::all(&self.one::<Vec<Table>>(name)?)
    }

    /// Take out what a read asks for: a type by its name, or that of a default.
    fn wanted(&mut self, default: &str) -> Result<As, String> {
        let name: Option<String> = self.option("as_type")?;
        let default: Option<Value> = self.option(default)?;
        match (name, default) {
            (Some(name), default) => Ok(As::Type {
                wanted: Type::named(&name)?,
                default,
            }),
            (None, Some(default)) => Ok(As::Default(default)),
            (None, None) => Err("there is nothing to read it as".to_owned()),
        }
    }
}
