//! The list of parameters with a help text.

use hyperparameter::*;

/// `get_param!`, `try_get_param!` and a `get` with a doc comment list their parameter, even if the code never runs.
#[test]
fn parameters_with_a_help_text_are_listed() {
    fn never_called() {
        let _ = get_param!(help.rate, 1e-3, "how fast");
        let _ = try_get_param!(help.steps, 100, "how long");
        let _ = get_param!(help.sizes, vec![0.01, -1.5], "how large");
        with_params! {
            /// Which one,
            /// of two.
            get kind = help.kind or "a";
            let _ = kind;
        }
    }
    let _ = never_called;
    let declared = declared_params();
    let listed: Vec<_> = declared
        .iter()
        .map(|info| (info.key, info.default, info.help))
        .collect();
    assert_eq!(
        listed,
        [
            ("help.kind", "\"a\"", "Which one,\nof two."),
            ("help.rate", "1e-3", "how fast"),
            ("help.sizes", "vec![0.01, -1.5]", "how large"),
            ("help.steps", "100", "how long"),
        ]
    );
    assert!(
        declared
            .iter()
            .all(|info| info.file.ends_with("help.rs") && info.line > 0)
    );
    assert_eq!(
        generate_params_help(),
        "Parameters:\n  help.kind   Which one,\n              of two. [default: \"a\"]\n  \
         help.rate   how fast [default: 1e-3]\n  \
         help.sizes  how large [default: vec![0.01, -1.5]]\n  help.steps  how long [default: 100]"
    );
}
