//! One renderer a format, each a pure function.

pub mod text;
