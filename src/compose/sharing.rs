//! What several services of a project share, computed once.

use std::collections::HashMap;

use crate::compose::project::Project;
use crate::compose::service::ServiceId;
use crate::yaml::NodeId;

/// The services that share what is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Sharing {
    /// By a service, those that extend it in the same file.
    heirs: HashMap<ServiceId, Vec<ServiceId>>,
    /// By the node of an entry of `environment`, those that have it.
    variables: HashMap<NodeId, Vec<ServiceId>>,
}

impl Sharing {
    fn of(project: &Project) -> Self {
        let mut sharing = Self::default();
        for service in &project.services {
            let base = service.extends.as_ref().filter(|extends| extends.file.is_none());
            if let Some(base) = base.and_then(|extends| project.service_id(&extends.service)) {
                sharing.heirs.entry(base).or_default().push(service.id);
            }
            for variable in &service.environment.variables {
                sharing.variables.entry(variable.node).or_default().push(service.id);
            }
        }
        sharing
    }
}

impl Project {
    fn sharing(&self) -> &Sharing {
        self.sharing.get_or_init(|| Sharing::of(self))
    }

    /// The services that extend another and name no file for it, in the order of the project.
    #[must_use]
    pub fn heirs_of(&self, base: ServiceId) -> &[ServiceId] {
        self.sharing().heirs.get(&base).map_or(&[], Vec::as_slice)
    }

    /// The services whose `environment` has the variable that is written at a node, in the order of the project.
    #[must_use]
    pub fn with_variable_at(&self, node: NodeId) -> &[ServiceId] {
        self.sharing().variables.get(&node).map_or(&[], Vec::as_slice)
    }
}
