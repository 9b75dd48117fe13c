//! Where a value is written, and the steps by which it reached its service.

use crate::source::FileId;
use crate::text::Span;
use crate::yaml::NodeId;

/// The place of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The file it is written in.
    pub file: FileId,
    /// The bytes of it.
    pub span: Span,
    /// The node, in a compose file; `None` in an env file.
    pub node: Option<NodeId>,
    /// The steps from the service to the value; empty for a value in the service itself.
    pub steps: Vec<OriginStep>,
}

/// A step between a service and a value that is not written in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OriginStep {
    /// This alias.
    Alias(NodeId),
    /// A merge key with this alias.
    Merge(NodeId),
    /// This entry of `env_file`.
    EnvFile(NodeId),
    /// A variable of the project's `.env`, to which this scalar refers.
    DotEnv(NodeId),
}
