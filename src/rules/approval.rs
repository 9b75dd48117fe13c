//! The approval of each fix by the caller.

use std::fmt;
use std::sync::Arc;

use crate::finding::{Finding, Fix};
use crate::source::Files;

type Approve = dyn Fn(&Finding, &Fix, &Files) -> bool + Send + Sync;

/// Decides whether a fix is made; it is asked once for each.
#[derive(Clone)]
pub struct Approval(Arc<Approve>);

impl Approval {
    /// An approval by a function of the finding, its fix, and the files as they are before the fix.
    pub fn new(approve: impl Fn(&Finding, &Fix, &Files) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(approve))
    }

    /// Whether a fix is to be made.
    #[must_use]
    pub fn is_given(&self, finding: &Finding, fix: &Fix, files: &Files) -> bool {
        (self.0)(finding, fix, files)
    }
}

impl fmt::Debug for Approval {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Approval")
    }
}
