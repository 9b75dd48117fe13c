//! The services that others extend, each read once for all that do.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{FileRole, Loader, Scene};
use crate::compose::error::ProjectError;
use crate::compose::service::{Extends, Service};
use crate::compose::service_reader::ServiceReader;
use crate::compose::services::Services;
use crate::yaml::{DocumentId, NodeId};

/// A service that is being read, to detect a cycle: its file and its name.
pub(super) type Link = (DocumentId, String);

/// The scene, the directory, the YAML documents and the service that another extends.
pub(super) type BaseKey = (usize, PathBuf, Vec<NodeId>, String);

/// The key and the value of every service that a YAML document writes.
pub(super) type ByName = HashMap<String, (NodeId, NodeId)>;

/// A service that others may extend, and how many it extends itself, one after the other.
pub(super) struct Base {
    /// In a box: services that extend one another are read by recursion, and a `Service` is large.
    pub(super) service: Box<Service>,
    depth: usize,
}

/// How many parts of services (variables, dependencies, words) may be inherited in a project: a bound on what a hostile file can cost.
const MAX_INHERITED: usize = 1_000_000;

/// How many services may extend one another: a bound that keeps a hostile file off the stack's limit.
const MAX_EXTENDS: usize = 64;

impl Loader<'_> {
    /// Reads a service, over the one it extends.
    pub(super) fn service(
        &mut self,
        root: NodeId,
        key: NodeId,
        node: NodeId,
        scene: &Scene,
        way: &mut Vec<Link>,
    ) -> Result<Base, ProjectError> {
        let own = self.own(key, node, scene)?;
        let Some(extends) = own.extends.clone() else { return Ok(Base { service: own, depth: 0 }) };
        way.push((key.document, own.name.clone()));
        let base = self.base(root, &extends, scene, way)?;
        way.pop();
        self.inherited += base.service.parts_count();
        if self.inherited > MAX_INHERITED {
            return Err(self.error(extends.node, "services extend one another in a cycle"));
        }
        if base.depth >= MAX_EXTENDS {
            return Err(self.error(extends.node, format!("more than {MAX_EXTENDS} services extend one another")));
        }
        Ok(Base { service: over(own, &base.service), depth: base.depth + 1 })
    }

    /// A service as it is written, without what it extends.
    fn own(&self, key: NodeId, node: NodeId, scene: &Scene) -> Result<Box<Service>, ProjectError> {
        let document = self.document(node.document);
        let lookup = |name: &str| scene.dot_env.value(name);
        let reader = ServiceReader { document: &document, node, directory: &scene.directory, lookup: &lookup };
        reader.read(key).map(Box::new).map_err(|invalid| self.invalid(invalid))
    }

    /// The service that another extends, read once for all that do.
    fn base(
        &mut self,
        root: NodeId,
        extends: &Extends,
        scene: &Scene,
        way: &mut Vec<Link>,
    ) -> Result<Arc<Base>, ProjectError> {
        let (roots, directory) = match &extends.file {
            None => (vec![root], scene.directory.clone()),
            Some(file) => {
                let path = scene.directory.join(file);
                let id = self.read(&path).map_err(|error| match error {
                    ProjectError::Read(error) => self.error(extends.node, format!("cannot extend a service: {error}")),
                    error => error,
                })?;
                (self.roots(id)?, path.parent().map(Path::to_owned).unwrap_or_default())
            }
        };
        let key = (scene.number, directory, roots, extends.service.clone());
        let base = match self.bases.get(&key) {
            Some(known) => Arc::clone(known),
            None => {
                let base = Arc::new(self.read_base(&key, extends, scene, way)?);
                self.bases.insert(key, Arc::clone(&base));
                base
            }
        };
        Ok(base)
    }

    fn read_base(
        &mut self,
        (_, directory, roots, name): &BaseKey,
        extends: &Extends,
        scene: &Scene,
        way: &mut Vec<Link>,
    ) -> Result<Base, ProjectError> {
        let mut found = Vec::new();
        let role = if extends.file.is_some() { FileRole::Extended } else { FileRole::Project };
        for &root in roots {
            let written = self.services_by_name(root, role)?;
            found.extend(written.get(name).map(|&(key, node)| (root, key, node)));
        }
        let Some(&(root, ..)) = found.first() else {
            return Err(self.error(extends.node, format!("there is no service `{name}` to extend")));
        };
        if way.iter().any(|(document, other)| *document == root.document && other == name) {
            let names: Vec<&str> = way.iter().map(|(_, name)| name.as_str()).collect();
            let message = format!("services extend one another: {} -> {name}", names.join(" -> "));
            return Err(self.error(extends.node, message));
        }
        if way.len() >= MAX_EXTENDS {
            return Err(self.error(extends.node, format!("more than {MAX_EXTENDS} services extend one another")));
        }
        // The variables stay the extending project's: the other directory's `.env` is not read.
        let (number, depth) = (scene.number, scene.depth);
        let scene = Scene { number, directory: directory.clone(), dot_env: scene.dot_env.clone(), depth };
        let mut base = Services::default();
        let mut depth = 0;
        for (root, key, node) in found {
            let definition = self.service(root, key, node, &scene, way)?;
            depth = depth.max(definition.depth);
            base.merge(*definition.service);
        }
        let service = base.into_iter().next().map(Box::new);
        let service = service.ok_or_else(|| self.error(extends.node, "there is no service to extend"))?;
        Ok(Base { service, depth })
    }

    /// The services of a YAML document by their names: key and value.
    pub(super) fn services_by_name(&mut self, root: NodeId, role: FileRole) -> Result<Arc<ByName>, ProjectError> {
        if let Some(known) = self.written.get(&(root, role)) {
            return Ok(Arc::clone(known));
        }
        let services = self.written_services(root.document, root, role)?;
        let document = self.document(root.document);
        let named = |(key, node): (NodeId, NodeId)| Some((document.scalar(key)?.to_owned(), (key, node)));
        let by_name: Arc<ByName> = Arc::new(services.into_iter().filter_map(named).collect());
        self.written.insert((root, role), Arc::clone(&by_name));
        Ok(by_name)
    }
}

fn over(own: Box<Service>, base: &Service) -> Box<Service> {
    Box::new(own.over_extended(base.clone()))
}
