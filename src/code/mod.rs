//! What the code of a service says: the folders its image is built from, the libraries in them, and the variables they read.
//!
//! Nothing here knows what a variable is for: that is judged in [`kafka`](crate::kafka).

mod fact;
mod language;

pub use fact::{Literal, Mention, Read, Setting};
pub use language::Language;
