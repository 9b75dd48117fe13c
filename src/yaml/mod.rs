//! Lossless YAML: a text parsed to a tree in which every part has its byte span, and structural edits that become text edits. Independent
//! of Compose.

mod block_scalar;
mod comment;
mod cursor;
mod document;
pub mod edit;
mod error;
mod events;
mod explain;
mod kept_comments;
mod layout;
mod list_to_map;
mod node;
mod path;
mod render;
mod scalar;
mod spelling;
mod value;

pub use document::{Document, MERGE_KEY, Resolved};
pub use error::YamlError;
pub use kept_comments::{Step, comments_kept};
pub use node::{CollectionStyle, DocumentId, Entry, Item, Node, NodeId, NodeKind, ScalarStyle};
pub use path::NodePath;
pub use scalar::Scalar;
pub use value::Value;
