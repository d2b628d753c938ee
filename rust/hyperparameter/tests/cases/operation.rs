//! The operations of a step, in five groups, and parsing them.

use toml::{Table, Value};

use crate::read::ReadAs;
use crate::step::{Fields, Steps};

pub(crate) enum Operation {
    Scope(ScopeOperation),
    Read(ReadOperation),
    View(ViewOperation),
    Write(WriteOperation),
    Context(ContextOperation),
}

/// Making, entering and leaving scopes.
pub(crate) enum ScopeOperation {
    Enter {
        sources: Vec<Value>,
        params: Option<Value>,
        hides_outside: bool,
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
}

/// Reading one parameter.
pub(crate) enum ReadOperation {
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
}

/// Looking at the flat view.
pub(crate) enum ViewOperation {
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
}

/// Writing to a scope that is entered.
pub(crate) enum WriteOperation {
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
}

/// The baseline, other contexts, and views that are kept.
pub(crate) enum ContextOperation {
    Frozen,
    Thread(Steps),
    Task(Steps),
    Snapshot(String),
    Bind { steps: Steps, name: String },
    Call(String),
}

impl Operation {
    /// Parse the only field of a step that is the name of an operation, and the fields of that operation.
    pub(crate) fn parse(fields: &mut Fields) -> Result<Self, String> {
        let names: Vec<String> = fields.names().map(str::to_owned).collect();
        let mut operations = Vec::new();
        for name in &names {
            operations.extend(Self::parse_named(name, fields)?);
        }
        match operations.pop() {
            Some(operation) if operations.is_empty() => Ok(operation),
            _ => Err("a step needs exactly one known operation".to_owned()),
        }
    }

    /// Parse an operation by its name. Return `None` if no operation has the name.
    fn parse_named(name: &str, fields: &mut Fields) -> Result<Option<Self>, String> {
        if let Some(operation) = ScopeOperation::parse(name, fields)? {
            return Ok(Some(Self::Scope(operation)));
        }
        if let Some(operation) = ReadOperation::parse(name, fields)? {
            return Ok(Some(Self::Read(operation)));
        }
        if let Some(operation) = ViewOperation::parse(name, fields)? {
            return Ok(Some(Self::View(operation)));
        }
        if let Some(operation) = WriteOperation::parse(name, fields)? {
            return Ok(Some(Self::Write(operation)));
        }
        Ok(ContextOperation::parse(name, fields)?.map(Self::Context))
    }
}

impl ScopeOperation {
    fn parse(name: &str, fields: &mut Fields) -> Result<Option<Self>, String> {
        Ok(Some(match name {
            "enter" => Self::Enter {
                sources: fields.sources(name)?,
                params: fields.optional("params")?,
                hides_outside: false,
                name: fields.optional("as")?,
            },
            "enter_empty" => Self::Enter {
                sources: fields.sources(name)?,
                params: None,
                hides_outside: true,
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
            _ => return Ok(None),
        }))
    }
}

impl ReadOperation {
    fn parse(name: &str, fields: &mut Fields) -> Result<Option<Self>, String> {
        Ok(Some(match name {
            "read" => {
                let key = fields.required(name)?;
                let read_as = fields.read_as("default")?;
                let within = fields.within()?;
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
            _ => return Ok(None),
        }))
    }
}

impl ViewOperation {
    fn parse(name: &str, fields: &mut Fields) -> Result<Option<Self>, String> {
        Ok(Some(match name {
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
            _ => return Ok(None),
        }))
    }
}

impl WriteOperation {
    fn parse(name: &str, fields: &mut Fields) -> Result<Option<Self>, String> {
        Ok(Some(match name {
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
            _ => return Ok(None),
        }))
    }
}

impl ContextOperation {
    fn parse(name: &str, fields: &mut Fields) -> Result<Option<Self>, String> {
        Ok(Some(match name {
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
            _ => return Ok(None),
        }))
    }
}
