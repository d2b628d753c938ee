//! The parameters that a program declares with a help text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A parameter that is read with a help text somewhere in the program.
///
/// ```
/// use hyperparameter::*;
///
/// fn train() -> f64 {
///     get_param!(train.lr, 0.001, "learning rate")
/// }
///
/// let lr: ParamInfo = declared_params().into_iter().find(|info| info.key == "train.lr").unwrap();
/// assert!(lr.line > 0);
/// # assert_eq!(train(), 0.001);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParamInfo {
    /// Its key.
    pub key: &'static str,
    /// Its default, as it stands in the source.
    pub default: &'static str,
    /// What it is for.
    pub help: &'static str,
    /// The file that it is read in.
    pub file: &'static str,
    /// The line that it is read at.
    pub line: u32,
}

impl ParamInfo {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        key: &'static str,
        default: &'static str,
        help: &'static str,
        file: &'static str,
        line: u32,
    ) -> Self {
        Self {
            key,
            default,
            help,
            file,
            line,
        }
    }
}

/// All of them, gathered by the linker: a program knows them before any of its code has run.
#[doc(hidden)]
#[linkme::distributed_slice]
pub static DECLARED: [ParamInfo];

/// Return the parameters that are read with a help text anywhere in the program, libraries included, by key.
///
/// ```standalone_crate
/// use hyperparameter::*;
///
/// fn train() -> f64 {
///     get_param!(train.lr, 0.001, "learning rate")
/// }
///
/// let declared = declared_params();
/// let lr = declared.iter().find(|info| info.key == "train.lr").unwrap();
/// assert_eq!((lr.default, lr.help), ("0.001", "learning rate"));
/// # assert_eq!(train(), 0.001);
/// ```
#[must_use]
pub fn declared_params() -> Vec<ParamInfo> {
    let mut all = DECLARED.to_vec();
    all.sort_by_key(|info| (info.key, info.file, info.line));
    all
}

/// Return a list of the declared parameters, for a program's `--help`: with clap, as `after_help`.
///
/// ```standalone_crate
/// use hyperparameter::*;
///
/// fn train() -> f64 {
///     get_param!(train.lr, 0.001, "learning rate")
/// }
///
/// assert!(generate_params_help().contains("  train.lr  learning rate [default: 0.001]"));
/// # assert_eq!(train(), 0.001);
/// ```
#[must_use]
pub fn generate_params_help() -> String {
    let mut lines: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for ParamInfo {
        key, default, help, ..
    } in declared_params()
    {
        let text = format!("{help} [default: {default}]");
        let texts = lines.entry(key).or_default();
        if !texts.contains(&text) {
            texts.push(text); // one that is read in two places with the same words is told once
        }
    }
    if lines.is_empty() {
        return String::new();
    }
    let width = lines
        .keys()
        .map(|key| key.chars().count())
        .max()
        .unwrap_or_default();
    let mut list = "Parameters:".to_owned();
    for (mut key, texts) in lines {
        for text in texts {
            let mut parts = text.lines();
            let _ = write!(
                list,
                "\n  {key:width$}  {}",
                parts.next().unwrap_or_default()
            );
            for part in parts {
                let _ = write!(list, "\n  {:width$}  {}", "", part.trim());
            }
            key = "";
        }
    }
    list
}
