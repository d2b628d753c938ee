//! A state machine: whatever is entered, left, set and frozen, the view is that of a list of plain maps.

mod contexts;
mod machine;
mod operation;
mod oracle;
mod seen;

use std::panic::resume_unwind;
use std::thread;

use hyperparameter::{ParamScope, frozen};
use proptest::collection::vec;
use proptest::prelude::*;

use machine::Machine;
use operation::{Operation, operation};

/// Run operations from an empty baseline, in a thread in which nothing is set.
fn run(operations: &[Operation]) {
    let run = || {
        let nothing = ParamScope::empty().enter();
        frozen();
        drop(nothing);
        Machine::new().run(operations);
    };
    if let Err(panic) = thread::scope(|threads| threads.spawn(run).join()) {
        resume_unwind(panic);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    // The only test of this binary: the baseline is the process's.
    #[test]
    fn the_view_is_that_of_a_list_of_maps(operations in vec(operation(), 1..30)) {
        run(&operations);
    }
}
