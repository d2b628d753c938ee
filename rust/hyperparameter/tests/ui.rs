//! Every mistake that a user can make with the macros, and what the compiler says of it.

/// An error points at the token that is wrong, and says what was expected.
#[test]
fn mistakes_are_told_at_their_token() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
