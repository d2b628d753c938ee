//! Read parameters with defaults, and override them for as long as a block runs.
//!
//! ```sh
//! cargo run --example quick_start
//! ```
#![allow(clippy::uninlined_format_args)] // as it stands in the quick start

use hyperparameter::*;

fn train() {
    with_params! {
        get lr = train.lr or 0.001f64;
        get batch_size = train.batch_size or 32i64;

        println!("lr={}, batch_size={}", lr, batch_size);
    }
}

fn main() {
    train(); // Uses default values

    with_params! {
        set train.lr = 0.0005f64;
        set train.batch_size = 64i64;

        train();
    };

    train(); // Rollback to defaults
}
