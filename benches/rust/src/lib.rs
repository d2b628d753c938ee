//! What the measurements in `benches/operations.rs` are made with.

pub mod around;
pub mod measure;
pub mod published;
pub mod table;
