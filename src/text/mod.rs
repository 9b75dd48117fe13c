//! Plain text: places, lines, line breaks, edits and diffs. Nothing here knows of YAML.

mod edit;
mod line_index;
mod newline;
mod span;

pub use edit::{Conflict, EditSet, TextEdit};
pub use line_index::{LineColumn, LineIndex};
pub use newline::Newline;
pub use span::Span;
