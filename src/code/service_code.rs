//! The code of each service of a project.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::code::config::is_document;
use crate::code::context::{BuiltImages, CodeContext, SCRIPTS_OF_DATABASES, build_of};
use crate::code::dockerfile::ImageVariable;
use crate::code::entry::program_of;
use crate::code::file::FileFacts;
use crate::code::language::Language;
use crate::code::tree::Sources;
use crate::compose::{Project, Service, ServiceId, normalized};
use crate::source::Files;

/// The code of the services of a project.
#[derive(Clone, Debug, Default)]
pub struct Code {
    services: HashMap<ServiceId, ServiceCode>,
}

/// The code of a service.
#[derive(Clone, Debug, Default)]
pub struct ServiceCode {
    /// The files that its container may run or read.
    pub files: Vec<Arc<FileFacts>>,
    /// How sure it is that they are this service's.
    pub share: Share,
    /// The variables that its image sets.
    pub image_env: Vec<ImageVariable>,
    /// The command of its container, as far as the files show: its own words before those of its image.
    pub command: Vec<String>,
    /// The base image of its own image.
    pub base_image: Option<String>,
    /// The files that are mounted for this service alone, with their paths in the container.
    pub mounted: BTreeMap<PathBuf, String>,
    /// The files that are mounted, or copied by its Dockerfile, with their paths in the container.
    pub placed: BTreeMap<PathBuf, String>,
    /// Those of them in languages that only ready-made programs read, and the scripts of databases.
    pub documents: Vec<Arc<FileFacts>>,
    /// Whether only a name shows that the code belongs to this service.
    pub is_guessed: bool,
}

/// Whether the code of a service is its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Share {
    /// All of it is this service's.
    #[default]
    Own,
    /// It is the part of a shared folder that the service's command leads to.
    Part,
    /// Several services run different parts of it, and it is not clear which part is whose.
    Unknown,
}

impl Code {
    /// Looks at the code of every service, whose own images are `built`. What `sources` already has is not read again.
    #[must_use]
    pub fn of(project: &Project, built: &BuiltImages, files: &Files, sources: &Sources) -> Self {
        let services = project.services.iter().filter(|service| may_have_code(service));
        let contexts: Vec<(&Service, CodeContext)> =
            services.map(|service| (service, CodeContext::of(project, service, built, files, sources))).collect();
        let code = |(service, context): &(&Service, CodeContext)| {
            (service.id, of_service(project, service, context, &contexts, files, sources))
        };
        Self { services: contexts.iter().map(code).collect() }
    }

    /// The code of a service; `None` if there is none to be seen.
    #[must_use]
    pub fn service(&self, service: ServiceId) -> Option<&ServiceCode> {
        let is_seen =
            |code: &&ServiceCode| !code.files.is_empty() || !code.documents.is_empty() || code.base_image.is_some();
        self.services.get(&service).filter(is_seen)
    }
}

fn may_have_code(service: &Service) -> bool {
    service.build.is_some() || service.image.is_some()
}

fn of_service(
    project: &Project,
    service: &Service,
    context: &CodeContext,
    all: &[(&Service, CodeContext)],
    files: &Files,
    sources: &Sources,
) -> ServiceCode {
    let mut found: Vec<Arc<FileFacts>> = Vec::new();
    let mut mounted = BTreeMap::new();
    for root in &context.roots {
        let below: Vec<Arc<FileFacts>> = match files.is_folder(root) {
            true => sources.below(files, root).files.clone(),
            false => sources.read(files, root).into_iter().collect(),
        };
        if let Some(target) = context.mounted.get(root) {
            mounted.extend(below.iter().map(|file| (file.path.clone(), in_container(root, target, &file.path))));
        }
        found.extend(below);
    }
    let mut placed = BTreeMap::new();
    let mut documents = Vec::new();
    for (root, target) in &context.placed {
        let below = found.iter().filter(|file| normalized(&file.path).starts_with(normalized(root)));
        let mut own = documents_at(root, files, sources);
        if target.starts_with(SCRIPTS_OF_DATABASES) {
            own.extend(scripts_at(root, files, sources));
        }
        placed.extend(below.chain(&own).map(|file| (file.path.clone(), in_container(root, target, &file.path))));
        documents.extend(own);
    }
    if context.roots.len() > 1 {
        // Roots may overlap.
        let mut seen = HashSet::new();
        found.retain(|facts| seen.insert(normalized(&facts.path)));
    }
    let command = words(service, context);
    // Another service with the same code and another command, or another stage of the Dockerfile, runs another part of it.
    let is_beside = |(other, theirs): &&(&Service, CodeContext)| {
        let shares = theirs.programs().next().is_some() && theirs.programs().eq(context.programs());
        other.id != service.id && shares
    };
    let others: Vec<&(&Service, CodeContext)> = all.iter().filter(is_beside).collect();
    let build = build_of(project, service).map(|build| (&build.target, &build.args));
    let runs_other = |(other, theirs): &&(&Service, CodeContext)| {
        words(other, theirs) != command || build != build_of(project, other).map(|build| (&build.target, &build.args))
    };
    let mut share = Share::Own;
    // A container without its own command is for running commands by hand.
    let is_told_nothing = command.is_empty() && context.image.is_some() && !others.is_empty();
    if is_told_nothing || others.iter().any(runs_other) {
        share = Share::Unknown;
        if !is_told_nothing && let Some(program) = program_of(&command, &found) {
            // Any program may read configuration; code counts only if the program imports it.
            found.retain(|facts| facts.language.is_none() || program.contains(&facts.path));
            share = Share::Part;
        }
    }
    let image = context.image.as_ref();
    ServiceCode {
        files: found,
        share,
        image_env: image.map(|image| image.environment.clone()).unwrap_or_default(),
        base_image: image.map(|image| image.base.clone()),
        mounted,
        placed,
        documents,
        command,
        is_guessed: context.is_guessed,
    }
}

/// The documents at a path, or below it if it is a folder without a program.
fn documents_at(root: &Path, files: &Files, sources: &Sources) -> Vec<Arc<FileFacts>> {
    if !files.is_folder(root) {
        return sources.read(files, root).filter(|file| is_document(&file.path)).into_iter().collect();
    }
    let paths = sources.documents(files, root);
    let is_program = |file: &Arc<FileFacts>| file.language.is_some_and(|language| language != Language::Shell);
    if paths.is_empty() || sources.below(files, root).files.iter().any(is_program) {
        return Vec::new();
    }
    paths.iter().filter_map(|path| sources.read(files, path)).collect()
}

/// The scripts at a path or below it.
fn scripts_at(root: &Path, files: &Files, sources: &Sources) -> Vec<Arc<FileFacts>> {
    let mut scripts = match files.is_folder(root) {
        true => sources.below(files, root).files.clone(),
        false => sources.read(files, root).into_iter().collect(),
    };
    scripts.retain(|file| file.language == Some(Language::Shell));
    scripts
}

/// The path in the container of a file below `root`, which is mounted at `target`.
fn in_container(root: &Path, target: &str, file: &Path) -> String {
    let (root, file) = (normalized(root), normalized(file));
    match file.strip_prefix(&root).unwrap_or(&file).to_str() {
        Some(below) if !below.is_empty() => format!("{}/{below}", target.trim_end_matches('/')),
        _ => target.to_owned(),
    }
}

/// The command of the container: the service's own words before those of its image.
fn words(service: &Service, context: &CodeContext) -> Vec<String> {
    let own = |command: &Option<crate::compose::Command>| command.as_ref().map(|command| command.words.clone());
    let image = context.image.as_ref();
    let entrypoint = own(&service.entrypoint).or_else(|| image.map(|image| image.entrypoint.clone()));
    let command = own(&service.command).or_else(|| image.map(|image| image.command.clone()));
    entrypoint.into_iter().chain(command).flatten().collect()
}
