//! The example `train`: layers, help and errors.

use std::path::PathBuf;
use std::{env, fs};

use super::{run, run_successfully, run_to_error, stderr};

/// A file that exists for the duration of a test.
struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str, text: &str) -> Self {
        let name = format!("hyperparameter-{}-{name}", std::process::id());
        let path = env::temp_dir().join(name);
        fs::write(&path, text).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// By default the program uses the best rate of the sweep, and finds the line.
#[test]
fn finds_the_line() {
    let output = run_successfully("train", &["-D", "data.noise=0", "train.steps=2000"]);
    let last = output.lines().last().unwrap();
    assert_eq!(
        last,
        "train: lr=0.5 slope=3.000 intercept=-1.000 loss=0.000000"
    );
}

/// The command line overrides the file, and code overrides both: the sweep is always short.
#[test]
fn layers_are_the_file_the_command_line_and_code() {
    let file = TempFile::new(
        "layers.toml",
        "[train]\nlr = 0.25\nsteps = 1\n[sweep]\nrates = [0.3]\n",
    );
    let of_file = run_successfully("train", &["-C", file.path()]);
    assert!(of_file.contains("\ntrain: lr=0.25 "), "{of_file}");
    let of_both = run_successfully("train", &["-C", file.path(), "-D", "train.lr=0.125"]);
    assert!(of_both.contains("\ntrain: lr=0.125 "), "{of_both}");

    let sweep = |output: &str| output.lines().next().unwrap().to_owned();
    assert!(sweep(&of_file).starts_with("sweep: lr=0.3 loss="));
    let steps = run_successfully("train", &["-C", file.path(), "-D", "train.steps=500"]);
    assert_eq!(sweep(&of_file), sweep(&steps));
    assert_ne!(of_file.lines().last(), steps.lines().last());
}

/// `-D` takes several texts and can be repeated. If a key appears twice, the later text wins.
#[test]
fn accepts_several_definitions() {
    let output = run_successfully(
        "train",
        &[
            "-D",
            "train.lr=0.1",
            "sweep.rates=[0.2,0.4]",
            "--define",
            "train.lr=1e-1",
        ],
    );
    let starts: Vec<&str> = output
        .lines()
        .map(|line| line.split(" loss").next().unwrap())
        .collect();
    assert_eq!(starts[..2], ["sweep: lr=0.2", "sweep: lr=0.4"]);
    assert!(starts[2].starts_with("train: lr=0.1 "), "{output}");
}

/// The program warns about a key that nothing reads.
#[test]
fn warns_about_a_key_that_nothing_reads() {
    let output = run("train", &["-D", "train.lrr=1"]);
    assert!(output.status.success());
    assert_eq!(stderr(&output), "warning: nothing reads 'train.lrr'\n");
}

/// `--help` lists the parameters with their help texts and defaults.
#[test]
fn lists_its_parameters() {
    let help = run_successfully("train", &["--help"]);
    let list = help.split("Parameters:\n").nth(1).unwrap();
    assert!(
        list.contains("  data.noise   how far the points lie from the line [default: 0.1]\n"),
        "{list}"
    );
    let keys: Vec<&str> = list
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let expected = [
        "data.noise",
        "data.points",
        "data.seed",
        "sweep.rates",
        "train.lr",
        "train.steps",
    ];
    assert_eq!(keys, expected);
}

/// Return the text of the error with which the program ends.
fn error_of(arguments: &[&str]) -> String {
    let messages = run_to_error("train", arguments);
    assert!(messages.starts_with("error: "), "{messages}");
    messages["error: ".len()..].to_owned()
}

/// An error is written to stderr in one line, and the exit code is 2.
#[test]
fn refuses_wrong_input() {
    assert_eq!(
        error_of(&["-D", "train.lr"]),
        "'train.lr' is not a valid override: expected key=value\n"
    );
    assert_eq!(
        error_of(&["-D", "train..lr=1"]),
        "'train..lr' is not a valid key: segment 2 is empty\n"
    );
    let misfits = [
        (
            "train.lr=fast",
            "'train.lr' = 'fast' is not a valid float (set at ",
        ),
        (
            "train.steps=1.5",
            "'train.steps' = '1.5' is not a valid int: it is not a whole number (set at ",
        ),
        (
            "data.points=-1",
            "'data.points' = '-1' is not a valid int: u32 holds 0 to 4294967295 (set at ",
        ),
        (
            "sweep.rates=[0.1",
            "'sweep.rates' = '[0.1' is not a valid list",
        ),
        (
            "sweep.rates=[\"a\"]",
            "'sweep.rates[0]' = 'a' is not a valid float (set at ",
        ),
    ];
    for (text, expected) in misfits {
        let message = error_of(&["-D", text]);
        assert!(message.starts_with(expected), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
    assert!(run_to_error("train", &["--bogus"]).contains("unexpected argument '--bogus'"));
}

/// The error of a file names the file if it cannot be read or parsed, and the key or value if that is wrong.
#[test]
fn refuses_a_wrong_file() {
    let missing = run_to_error("train", &["-C", "no/such/file.toml"]);
    assert!(
        missing.starts_with("error: no/such/file.toml: "),
        "{missing}"
    );
    assert!(
        run_to_error("train", &["-C", env::temp_dir().to_str().unwrap()]).starts_with("error: ")
    );

    let broken = TempFile::new("broken.toml", "[train\nlr = 1\n");
    let message = run_to_error("train", &["-C", broken.path()]);
    assert!(
        message.contains("broken.toml: TOML parse error at line 1"),
        "{message}"
    );

    let bad_key = TempFile::new("bad-key.toml", "\"l r=\" = 1\n");
    assert_eq!(
        run_to_error("train", &["-C", bad_key.path()]),
        "error: 'l r=' is not a valid key: segment 'l r=' contains '='; write it in quotes: \"l r=\"\n"
    );
    let misfit = TempFile::new("misfit.toml", "train.lr = [1]\n");
    let message = run_to_error("train", &["-C", misfit.path()]);
    assert!(message.starts_with("error: 'train.lr' = [1] is not a valid float (set at "));
}
