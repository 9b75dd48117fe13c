//! Which folders a service's code is in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use crate::code::containers::Containers;
use crate::code::dockerfile::{BuiltImage, OUTPUT_FOLDERS};
use crate::code::file::{FileFacts, image_in_name, marks_module, marks_program};
use crate::code::image_name::{MadeImages, plain};
use crate::code::language::Language;
use crate::code::tree::{MAX_BYTES, Sources, or_here};
use crate::compose::{BindMount, Build, DEFAULT_NAMES, Project, Service, normalized};
use crate::source::{Files, Unread};
use crate::yaml::NodeId;

/// The source of a service's code.
#[derive(Clone, Debug, Default)]
pub(super) struct CodeContext {
    /// The folders, and single files, that go into its image or are mounted into its container.
    pub(super) roots: BTreeSet<PathBuf>,
    /// What its Dockerfile makes, if there is one.
    pub(super) image: Option<BuiltImage>,
    /// Of the roots, those that are mounted and hold no program, with their paths in the container: configuration that is this service's alone.
    pub(super) mounted: BTreeMap<PathBuf, String>,
    /// What is mounted into its container, or copied to a place of its own by its Dockerfile, with its path in the container.
    pub(super) placed: Vec<(PathBuf, String)>,
    /// The build context; empty if it is not built.
    pub(super) folder: PathBuf,
    /// The folder of its Dockerfile.
    pub(super) beside: Option<PathBuf>,
    /// That folder, if the Dockerfile copies the whole context and is next to code.
    pub(super) home: Option<PathBuf>,
    /// The roots that are mounted and hold a program.
    pub(super) mounts: BTreeSet<PathBuf>,
    /// Whether its name alone led here.
    pub(super) is_guessed: bool,
}

impl CodeContext {
    /// Finds the code of a service.
    pub(super) fn of(
        project: &Project,
        service: &Service,
        containers: &Containers,
        files: &Files,
        sources: &Sources,
    ) -> Self {
        let mut context = match project.build_of(service) {
            Some(build) => Self::of_build(project, build, containers.dockerfile(service.id), files, sources),
            None => Self::default(),
        };
        for mount in service.bind_mounts.iter().filter(|mount| may_be_read(mount)) {
            let Some(root) = resolve(project, files, mount.node, &mount.source) else { continue };
            // Data, a socket, a part of the system: files outside of the repository are not a program of the project.
            if !files.is_inside(&root) {
                continue;
            }
            context.placed.push((root.clone(), mount.target.clone()));
            // The jar of a module, before its build.
            let is_there = files.is_file(&root) || files.is_folder(&root);
            let module = before_output(root.components());
            if !is_there && module != root && files.is_folder(&module) {
                context.roots.insert(or_here(module));
                continue;
            }
            if mount.target.starts_with(SCRIPTS_OF_DATABASES) {
                continue;
            }
            // Of a whole repository, a program that starts in a folder is what is in that folder.
            let inner = service.working_dir.as_deref().and_then(|dir| Path::new(dir).strip_prefix(&mount.target).ok());
            let inner = inner.map(|inner| root.join(inner)).filter(|folder| files.is_folder(folder));
            let root = inner.map_or(root, |inner| or_here(normalized(&inner)));
            let is_program =
                files.is_folder(&root) && sources.below(files, &root).files.iter().any(|file| file.language.is_some());
            // What is mounted over the code that the image has is still that code.
            if !is_program && !context.roots.contains(&root) {
                context.mounted.insert(root.clone(), mount.target.clone());
            }
            context.mounts.extend(is_program.then(|| root.clone()));
            context.roots.insert(root);
        }
        let is_there = |root: &PathBuf| files.is_folder(root) || files.is_file(root);
        if !context.roots.iter().any(is_there) {
            let by_name = || Some((folder_by_name(project, service, files, sources)?, true));
            let is_made_here = service.build.is_none() && !containers.is_ready_made(service.id);
            let images = || sources.images_around(files, &normalized(&or_here(project.directory.clone())));
            let found = match is_made_here.then(images).flatten() {
                Some(images) => {
                    let sure = folder_by_image(project, service, files, &images).map(|folder| (folder, false));
                    // What names an image far away may be another project's: a folder of this one that is called like it comes first.
                    match sure {
                        Some((folder, _)) if is_in(project, &folder) => Some((folder, false)),
                        far => by_name()
                            .or(far)
                            .or_else(|| Some((images.only_folder_called(name_of_code(service)?)?.to_owned(), true))),
                    }
                }
                None => by_name(),
            };
            if let Some((folder, is_guessed)) = found {
                (context.roots, context.is_guessed) = ([folder].into(), is_guessed);
            }
        }
        context
    }

    /// The roots that hold a program, sorted.
    pub(super) fn programs(&self) -> impl Iterator<Item = &PathBuf> {
        self.roots.iter().filter(|root| !self.mounted.contains_key(*root))
    }

    /// The code of a build; `dockerfile` is the image that its Dockerfile makes, see [`Containers::dockerfile`].
    fn of_build(
        project: &Project,
        build: &Build,
        dockerfile: Option<&Option<BuiltImage>>,
        files: &Files,
        sources: &Sources,
    ) -> Self {
        let Some(folder) = resolve(project, files, build.node, &build.context) else { return Self::default() };
        if !files.is_inside(&folder) {
            files.leave_out(Unread::Outside { path: folder });
            return Self::default();
        }
        let Some(image) = dockerfile.cloned() else {
            return Self { roots: [folder.clone()].into(), folder, ..Self::default() };
        };
        let dockerfile = dockerfile_in(&folder, build);
        let mut roots = BTreeSet::new();
        let mut takes_all = false;
        for source in image.iter().flat_map(|image| &image.copies).flat_map(|copy| &copy.sources) {
            let source = source.trim_start_matches("./").trim_start_matches('/');
            // What is before a wildcard or a build's output is the folder that it is made from.
            // Nothing outside the context can be copied: `..` stays at its root.
            let parts = Path::new(source).components().filter(|part| *part != Component::ParentDir);
            let fixed = before_output(parts);
            takes_all |= fixed.as_os_str().is_empty() || source == ".";
            if !fixed.as_os_str().is_empty() {
                roots.insert(normalized(&folder.join(fixed)));
            }
        }
        // A Dockerfile next to the code of one service shows which service it is, even if it copies the code of all.
        let home = dockerfile.parent().filter(|home| *home != folder && home.starts_with(&folder));
        let is_code =
            |facts: &FileFacts| facts.language.is_some_and(|own| own != Language::Shell) || !facts.libraries.is_empty();
        let is_beside_code = |home: &&Path| sources.below(files, home).files.iter().any(|facts| is_code(facts));
        let home = home.filter(|_| takes_all || roots.is_empty()).filter(is_beside_code).map(Path::to_owned);
        if let Some(home) = home.as_ref().filter(|_| !takes_all) {
            roots.insert(home.clone());
        } else if takes_all || roots.is_empty() {
            roots = [folder.clone()].into();
        }
        let additional = build.additional_contexts.iter().filter_map(|path| resolve(project, files, build.node, path));
        roots.extend(additional);
        // What the Dockerfile takes in may be a link.
        roots.retain(|root| files.is_inside(root));
        let from = &folder;
        let placed = image.iter().flat_map(|image| &image.copies).flat_map(|copy| {
            let is_one = copy.sources.len() == 1;
            copy.sources.iter().filter_map(move |source| {
                let root = normalized(&from.join(source.trim_start_matches('/')));
                let name = root.file_name()?.to_str()?;
                let is_into = files.is_file(&root) && (copy.destination.ends_with('/') || !is_one);
                let target = copy.destination.trim_end_matches('/');
                Some((root.clone(), if is_into { format!("{target}/{name}") } else { target.to_owned() }))
            })
        });
        let placed = placed.collect();
        let beside = dockerfile.parent().map(Path::to_owned);
        Self { roots, image, placed, folder, beside, home, ..Self::default() }
    }
}

pub(super) fn dockerfile_in(folder: &Path, build: &Build) -> PathBuf {
    normalized(&folder.join(build.dockerfile.as_deref().unwrap_or("Dockerfile")))
}

/// The part of a path before a wildcard or a folder that a build writes into.
fn before_output<'p>(parts: impl Iterator<Item = Component<'p>>) -> PathBuf {
    let is_fixed = |part: &Component<'_>| {
        let part = part.as_os_str().to_string_lossy();
        !part.contains(['*', '?', '$']) && !OUTPUT_FOLDERS.contains(&part.as_ref())
    };
    parts.take_while(is_fixed).collect()
}

/// Where images of databases find scripts to run at their first start, which are not the code of a program.
pub(super) const SCRIPTS_OF_DATABASES: &str = "/docker-entrypoint-initdb.d";

/// Whether a bind mount may bring a program's code or configuration: no socket, no data, nothing of the system.
fn may_be_read(mount: &BindMount) -> bool {
    let system = ["/bin", "/boot", "/dev", "/etc", "/lib", "/proc", "/run", "/sbin", "/sys", "/tmp", "/usr", "/var"];
    let data = ["/data", "/var/lib"];
    !system.iter().any(|start| Path::new(&mount.source).starts_with(start))
        && !data.iter().any(|start| mount.target.starts_with(start))
        && mount.source != "/"
        && !mount.source.starts_with('~')
}

/// A path of the compose file: seen from the project directory, else from the file that it is written in. None if it is a URL, nothing
/// at all, or the whole file system.
pub(super) fn resolve(project: &Project, files: &Files, node: NodeId, path: &str) -> Option<PathBuf> {
    if path.is_empty() || path.contains("://") || path.contains('$') || path.starts_with("git@") {
        return None;
    }
    let beside = project.path_of(node).parent().map(Path::to_owned).unwrap_or_default();
    let places = [project.directory.join(path), beside.join(path)];
    let places = places.map(|place| normalized(&place));
    let [first, _] = &places;
    let found = places.iter().find(|place| files.is_file(place) || files.is_folder(place)).unwrap_or(first).clone();
    let is_root = !found.components().any(|part| matches!(part, Component::Normal(_))) && found.has_root();
    (!is_root).then(|| or_here(found))
}

/// The folder with the program of an image that is not built by Compose: it has the name of the image, the service, or the missing build
/// context, ignoring case and dashes, and contains a manifest, a Dockerfile or a `src` folder; or it contains a manifest and a Dockerfile
/// with that name (`Dockerfile.orders`).
fn folder_by_name(project: &Project, service: &Service, files: &Files, sources: &Sources) -> Option<PathBuf> {
    let names = [plain(name_of_code(service)?), plain(&service.name)];
    let here = or_here(project.directory.clone());
    let is_called_so = |folder: &Path| {
        folder.file_name().and_then(|own| own.to_str()).is_some_and(|own| names.contains(&plain(own))) && folder != here
    };
    let paths = sources.paths(files, &here);
    let is_for_it = |path: &Path| image_in_name(path).is_some_and(|name| names.contains(&plain(name)));
    let is_beside_manifest =
        |folder: &Path| paths.iter().any(|path| path.parent() == Some(folder) && marks_module(path));
    // Below another compose file is another project.
    let is_project = |folder: &Path| DEFAULT_NAMES.iter().any(|name| files.is_file(&folder.join(name)));
    let is_foreign = |home: &Path| {
        home.ancestors().skip(1).take_while(|folder| *folder != here && !folder.as_os_str().is_empty()).any(is_project)
    };
    let homes = paths.iter().filter_map(|path| {
        let folder = path.parent()?;
        if marks_program(path) {
            let is_its = is_called_so(folder) || is_for_it(path) && is_beside_manifest(folder);
            return Some((folder, path)).filter(|_| is_its);
        }
        let home = folder.ancestors().find(|folder| folder.ends_with("src"))?.parent();
        home.filter(|home| is_called_so(home)).map(|home| (home, path))
    });
    let homes = homes.filter(|(home, path)| !is_foreign(home) && sources.read(files, path).is_some());
    homes.map(|(home, _)| home).min_by_key(|home| (home.components().count(), *home)).map(Path::to_owned)
}

/// Whether a folder is below that of a project.
fn is_in(project: &Project, folder: &Path) -> bool {
    let folder = normalized(folder);
    let below = folder.strip_prefix(normalized(&project.directory)).ok().and_then(|below| below.components().next());
    !matches!(below, None | Some(Component::ParentDir))
}

/// What the folder with the code of a service may be called: as its image, or as the folder that it is built from.
fn name_of_code(service: &Service) -> Option<&str> {
    if let Some(build) = &service.build {
        return Path::new(&build.context).file_name()?.to_str();
    }
    let image = service.image.as_ref()?.as_str();
    let repository = image.rsplit('/').next().unwrap_or(image);
    repository.split([':', '@']).next()
}

/// The folder whose program the image of a service is made from, by a file that names the image, anywhere in the repository.
fn folder_by_image(project: &Project, service: &Service, files: &Files, images: &MadeImages) -> Option<PathBuf> {
    let image = service.image.as_ref()?.as_str();
    // What the project itself builds is known.
    let is_own = |path: &Path| project.sources.iter().any(|own| normalized(&own.path) == normalized(path));
    let folders = images.folders_of(image, is_own, |path| files.peek(path, MAX_BYTES));
    folders.map(|folder| or_here(folder.to_owned())).find(|folder| files.is_folder(folder))
}
