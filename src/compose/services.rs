//! The services of a project while its files are read: in the order in which they first appear, and by name.

use std::collections::HashMap;

use crate::compose::service::{Service, ServiceId};

/// Services by name, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct Services {
    /// None where one was taken away.
    list: Vec<Option<Service>>,
    by_name: HashMap<String, usize>,
}

impl Services {
    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut Service> {
        self.list[*self.by_name.get(name)?].as_mut()
    }

    /// Merges a service over the one of its name, or adds it.
    pub(super) fn merge(&mut self, service: Service) {
        match self.get_mut(&service.name) {
            Some(base) => *base = service.over(base.clone()),
            None => {
                self.by_name.insert(service.name.clone(), self.list.len());
                self.list.push(Some(service));
            }
        }
    }

    /// Takes a service away.
    pub(super) fn take(&mut self, name: &str) -> Option<Service> {
        self.by_name.remove(name).and_then(|index| self.list[index].take())
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Service> {
        self.list.iter_mut().flatten()
    }

    /// The services with their numbers, and the number of each name.
    pub(super) fn numbered(self) -> (Vec<Service>, HashMap<String, ServiceId>) {
        let mut services: Vec<Service> = self.into_iter().collect();
        for (index, service) in services.iter_mut().enumerate() {
            service.id = ServiceId::new(index);
            service.index_variables();
        }
        let by_name = services.iter().map(|service| (service.name.clone(), service.id)).collect();
        (services, by_name)
    }
}

impl IntoIterator for Services {
    type Item = Service;
    type IntoIter = std::iter::Flatten<std::vec::IntoIter<Option<Service>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter().flatten()
    }
}
