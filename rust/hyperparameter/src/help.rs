//! The list of the parameters that a program reads with a help text.

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
    /// The key.
    pub key: &'static str,
    /// The default, as it is written in the source code.
    pub default: &'static str,
    /// The help text.
    pub help: &'static str,
    /// The file that reads the parameter.
    pub file: &'static str,
    /// The line that reads the parameter.
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

/// All declared parameters. The linker collects them, so they are known before any code of the program has run.
#[doc(hidden)]
#[linkme::distributed_slice]
pub static DECLARED: [ParamInfo];

/// Return the parameters that are read with a help text anywhere in the program, sorted by key.
///
/// Libraries that the program links are included.
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
    let mut declared = DECLARED.to_vec();
    declared.sort_by_key(|info| (info.key, info.file, info.line));
    declared
}

/// Return a list of the declared parameters, for the output of `--help`. With clap, pass it to `after_help`.
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
    let texts_by_key = texts_by_key();
    if texts_by_key.is_empty() {
        return String::new();
    }
    let widths = texts_by_key.keys().map(|key| key.chars().count());
    let width = widths.max().unwrap_or_default();
    let mut list = "Parameters:".to_owned();
    for (key, texts) in texts_by_key {
        // Only the first line begins with the key.
        let mut label = key;
        for text in texts {
            for (number, line) in text.lines().enumerate() {
                let line = if number == 0 { line } else { line.trim() };
                let _ = write!(list, "\n  {label:width$}  {line}");
                label = "";
            }
        }
    }
    list
}

/// Return the help texts of each key. If several places read a key with the same text, it is listed once.
fn texts_by_key() -> BTreeMap<&'static str, Vec<String>> {
    let mut texts_by_key: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for info in declared_params() {
        let text = format!("{} [default: {}]", info.help, info.default);
        let texts = texts_by_key.entry(info.key).or_default();
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts_by_key
}
