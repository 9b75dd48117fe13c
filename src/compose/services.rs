//! The services of a project while its files are read: in the order in which they first appear, and by name.

use std::collections::HashMap;

use crate::compose::service::{Service, ServiceId};

/// Services by name, each once.
#[derive(Clone, Debug, Default)]
pub(super) struct Services {
    list: Vec<Service>,
    by_name: HashMap<String, usize>,
}

impl Services {
    pub(super) fn get(&self, name: &str) -> Option<&Service> {
        self.by_name.get(name).map(|&index| &self.list[index])
    }

    /// Merges a service over the one of its name, or adds it.
    pub(super) fn merge(&mut self, service: Service) {
        match self.by_name.get(&service.name) {
            Some(&index) => {
                let base = self.list[index].clone();
                self.list[index] = service.over(base);
            }
            None => {
                self.by_name.insert(service.name.clone(), self.list.len());
                self.list.push(service);
            }
        }
    }

    /// Removes a service, as a `!reset` asks.
    pub(super) fn remove(&mut self, name: &str) {
        if self.by_name.contains_key(name) {
            self.list.retain(|service| service.name != name);
            self.by_name = self.list.iter().enumerate().map(|(index, own)| (own.name.clone(), index)).collect();
        }
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Service> {
        self.list.iter_mut()
    }

    /// The services with their numbers, and the number of each name.
    pub(super) fn numbered(mut self) -> (Vec<Service>, HashMap<String, ServiceId>) {
        for (index, service) in self.list.iter_mut().enumerate() {
            service.id = ServiceId::new(index);
            service.index_variables();
        }
        let by_name = self.by_name.into_iter().map(|(name, index)| (name, ServiceId::new(index))).collect();
        (self.list, by_name)
    }
}

impl IntoIterator for Services {
    type Item = Service;
    type IntoIter = std::vec::IntoIter<Service>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}
