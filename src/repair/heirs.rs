//! Who gets the dependencies of a service by `extends`: written once in the base, they reach all of its heirs.

use crate::compose::{Definition, Project, Service};

/// The service to write dependencies in, so that another has them.
pub(super) struct Writer<'p> {
    /// The service itself, or one that it extends.
    pub(super) service: &'p Service,
    /// Where.
    pub(super) definition: &'p Definition,
    /// The services that get them by `extends`, each with those that it gets.
    pub(super) heirs: Vec<(&'p Service, Vec<&'p str>)>,
}

impl<'p> Writer<'p> {
    /// The farthest base of the same file for which, with all of its heirs, the dependencies are right; else the service itself.
    pub(super) fn of(
        project: &'p Project,
        service: &'p Service,
        names: &[&'p str],
        is_right: impl Fn(&Service) -> bool,
    ) -> Self {
        let mut writer = Self::new(project, service, names);
        let mut base = service;
        while let Some(next) = base_of(project, base, names) {
            let candidate = Self::new(project, next, names);
            if std::iter::once(next).chain(candidate.heirs.iter().map(|(heir, _)| *heir)).all(&is_right) {
                writer = candidate;
            }
            base = next;
        }
        writer
    }

    fn new(project: &'p Project, service: &'p Service, names: &[&'p str]) -> Self {
        let definition = service.definition_of_dependencies(names);
        let mut heirs = Vec::new();
        let mut bases = vec![(service, names.to_vec())];
        while let Some((base, names)) = bases.pop() {
            let heirs_of_base = project.heirs_of(base.id).iter().map(|&id| &project[id]);
            for heir in heirs_of_base.filter(|heir| extends(project, heir, base)) {
                let inherited: Vec<&str> = names.iter().copied().filter(|name| !says(heir, name)).collect();
                if !inherited.is_empty() {
                    heirs.push((heir, inherited.clone()));
                    bases.push((heir, inherited));
                }
            }
        }
        Self { service, definition, heirs }
    }
}

/// The farthest service that a service extends, one after the other, without naming a file; the service itself if it extends none.
#[must_use]
pub fn first_base<'p>(project: &'p Project, service: &'p Service) -> &'p Service {
    let base = |service: &Service| {
        let extends = service.extends.as_ref().filter(|extends| extends.file.is_none())?;
        project.service(&extends.service)
    };
    std::iter::successors(Some(service), |service| base(service)).take(project.services.len()).last().unwrap_or(service)
}

/// The service from which another inherits its dependencies; `None` if it sets a dependency on one of `names` itself.
fn base_of<'p>(project: &'p Project, service: &Service, names: &[&str]) -> Option<&'p Service> {
    let base = project.service(&service.extends.as_ref()?.service)?;
    (extends(project, service, base) && !names.iter().any(|name| says(service, name))).then_some(base)
}

/// Whether a service extends another that is written only in the same file: an addition to a base in one file does not reach services that
/// extend it in another.
fn extends(project: &Project, heir: &Service, base: &Service) -> bool {
    let [own] = &base.definitions[..] else { return false };
    let is_one_document = project.document(own.node).roots().len() == 1;
    heir.extends.as_ref().is_some_and(|extends| {
        extends.file.is_none()
            && extends.service == base.name
            && extends.node.document == own.node.document
            && is_one_document
    })
}

/// Whether a service itself sets a dependency.
fn says(service: &Service, name: &str) -> bool {
    service.definitions.iter().any(|own| own.depends_on.on(name).is_some() || own.resets("depends_on"))
}
