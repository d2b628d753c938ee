//! Conversion into text, characters and paths.

use std::path::PathBuf;
use std::sync::Arc;

use super::{FromValue, Misfit};
use crate::value::Value;

impl FromValue for String {
    fn wanted() -> String {
        "str".to_owned()
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        match value.as_text() {
            Some(text) => Ok(text.to_owned()),
            None => value
                .number_text()
                .ok_or_else(|| Misfit::new(Self::wanted())),
        }
    }

    const READS_PARTS: bool = false;
}

macro_rules! other_texts {
    ($($text:ty)*) => {
        $(impl FromValue for $text {
            fn wanted() -> String {
                String::wanted()
            }

            fn from_value(value: &Value) -> Result<Self, Misfit> {
                String::from_value(value).map(Into::into)
            }

            const READS_PARTS: bool = false;
        })*
    };
}

other_texts! { Box<str> Arc<str> }

impl FromValue for char {
    fn wanted() -> String {
        "character".to_owned()
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        let misfit = || Misfit::new(Self::wanted());
        let text = String::from_value(value).map_err(|_| misfit())?;
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(character), None) => Ok(character),
            _ => Err(misfit()),
        }
    }

    const READS_PARTS: bool = false;
}

impl FromValue for PathBuf {
    fn wanted() -> String {
        "Path".to_owned()
    }

    fn from_value(value: &Value) -> Result<Self, Misfit> {
        match value.as_text() {
            Some(text) => Ok(text.into()),
            None => value
                .downcast_ref()
                .cloned()
                .ok_or_else(|| Misfit::new(Self::wanted())),
        }
    }

    const READS_PARTS: bool = false;
}
