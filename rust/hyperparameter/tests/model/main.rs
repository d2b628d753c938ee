//! A state machine: after any sequence of operations, the view equals that of a simple model.
//!
//! The model, called the oracle, is a list of plain maps that are copied for every operation.

mod contexts;
mod machine;
mod observation;
mod operation;
mod oracle;
mod scopes;
mod writes;

use std::panic::resume_unwind;
use std::thread;

use hyperparameter::{ParamScope, frozen};
use proptest::collection::vec;
use proptest::prelude::*;

use machine::Machine;
use operation::{Operation, operation};

/// Run operations from an empty baseline, in a new thread.
fn run(operations: &[Operation]) {
    let run = || {
        let entered = ParamScope::empty().enter();
        frozen();
        drop(entered);
        Machine::new().run(operations);
    };
    if let Err(panic) = thread::scope(|threads| threads.spawn(run).join()) {
        resume_unwind(panic);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    // This is the only test of its binary, because the process has one baseline.
    #[test]
    fn the_view_equals_that_of_the_oracle(operations in vec(operation(), 1..30)) {
        run(&operations);
    }
}
