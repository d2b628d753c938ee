//! Tools for the measurements in `benches/operations.rs`.

pub mod around;
pub mod measure;
pub mod published;
pub mod table;
