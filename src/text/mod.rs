//! Plain text: places, lines, line breaks, edits and diffs. Independent of YAML.

mod diff;
mod edit;
mod line_index;
mod near;
mod newline;
mod screen;
mod secret;
mod sentence;
mod span;
mod terminal;
mod words;

pub use diff::{edits_between, old_lines, terminal_diff, unified_diff};
pub use edit::{Conflict, EditSet, TextEdit};
pub use line_index::{LineColumn, LineIndex};
pub use near::{did_you_mean, nearest};
pub use newline::Newline;
pub use screen::Screen;
pub use secret::{masked, masked_line, secrets, values};
pub use sentence::{capitalized, counted};
pub use span::Span;
pub use terminal::{Colour, escaped_json, excerpt, shown, visible};
pub use words::WordFinder;
