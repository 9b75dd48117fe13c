//! What several services of a project share, computed once.

use std::collections::HashMap;

use crate::compose::project::Project;
use crate::compose::service::{Build, Service, ServiceId};
use crate::yaml::NodeId;

/// The services that share what is written.
#[derive(Clone, Debug, Default)]
pub(super) struct Sharing {
    /// By a service, those that extend it in the same file.
    heirs: HashMap<ServiceId, Vec<ServiceId>>,
    /// By the node of an entry of `environment`, those that have it.
    variables: HashMap<NodeId, Vec<ServiceId>>,
    /// By an image, as it is written, the first service that builds it.
    builders: HashMap<String, ServiceId>,
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
            if let Some(image) = service.image.as_ref().filter(|_| service.build.is_some()) {
                sharing.builders.entry(image.as_str().to_owned()).or_insert(service.id);
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

    /// The build of a service's image: its own, or that of another service whose image has the same name.
    #[must_use]
    pub fn build_of<'p>(&'p self, service: &'p Service) -> Option<&'p Build> {
        let other = || self.sharing().builders.get(service.image.as_ref()?.as_str());
        service.build.as_ref().or_else(|| self[*other()?].build.as_ref())
    }
}
