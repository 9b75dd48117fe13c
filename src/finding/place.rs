//! What a finding points at, made from the analysis that it is about.

use crate::analysis::Analysis;
use crate::compose::{Origin, OriginStep};
use crate::finding::{Label, Site};
use crate::kafka::broker::Broker;
use crate::yaml::NodeId;

impl Analysis {
    /// A label on a node of the compose file.
    #[must_use]
    pub fn label(&self, node: NodeId, message: impl Into<String>) -> Label {
        Label { file: self.project.file(node), span: self.project.span(node), message: message.into() }
    }

    /// The label of an origin, and one for each step to the service that a reader may not expect.
    #[must_use]
    pub fn labels_of(&self, origin: &Origin, message: impl Into<String>) -> (Label, Vec<Label>) {
        let primary = Label { file: origin.file, span: origin.span, message: message.into() };
        let step = |step: &OriginStep| match *step {
            OriginStep::Alias(node) | OriginStep::Merge(node) => Some(self.label(node, "the service gets it here")),
            OriginStep::EnvFile(node) => Some(self.label(node, "the service reads this env file")),
            OriginStep::DotEnv(_) => None,
        };
        (primary, origin.steps.iter().filter_map(step).collect())
    }

    /// The place of a broker's advertised listeners.
    #[must_use]
    pub fn broker_label(&self, broker: &Broker, message: impl Into<String>) -> Label {
        let Origin { file, span, .. } = self.broker_origin(broker);
        Label { file, span, message: message.into() }
    }

    /// Where a node is, whatever edits move it.
    #[must_use]
    pub fn site(&self, node: NodeId) -> Site {
        Site::Node(self.project.file(node), self.project.document(node).path(node))
    }

    /// Where a value is written, whatever edits move it.
    #[must_use]
    pub fn site_of(&self, origin: &Origin) -> Site {
        match origin.node {
            Some(node) => self.site(node),
            None => Site::Line(origin.file, self.files.get(origin.file).line_column(origin.span.start).line),
        }
    }
}
