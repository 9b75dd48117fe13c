//! The code of each service of a project.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::code::config::is_document;
use crate::code::containers::Containers;
use crate::code::context::{CodeContext, SCRIPTS_OF_DATABASES};
use crate::code::dockerfile::ImageVariable;
use crate::code::entry::{Member, Workspace, followed, program_of, scripts_of};
use crate::code::file::FileFacts;
use crate::code::language::Language;
use crate::code::tree::Sources;
use crate::compose::{Build, Project, Service, ServiceId, normalized};
use crate::source::{Files, without_dots};

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
    /// Whether only code next to the program that it runs uses a library for Kafka, and the imports of that program show all of it.
    pub leaves_kafka_out: bool,
    /// Whether the imports of the program that it runs show what of the code it is.
    pub is_followed: bool,
}

impl ServiceCode {
    /// The folder that has all of its files.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        let mut folders = self.files.iter().filter_map(|file| file.path.parent());
        let first = folders.next().unwrap_or(Path::new(""));
        let common = folders.fold(first, |common, folder| {
            common.ancestors().find(|above| folder.starts_with(above)).unwrap_or(Path::new(""))
        });
        without_dots(common)
    }
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
    /// Looks at the code of every service, with what is known of its container. What `sources` already has is not read again.
    #[must_use]
    pub fn of(project: &Project, containers: &Containers, files: &Files, sources: &Sources) -> Self {
        let services = project.services.iter().filter(|service| may_have_code(service));
        let seen = |service| {
            Seen::of(project, service, CodeContext::of(project, service, containers, files, sources), files, sources)
        };
        let mut all: Vec<Seen<'_>> = services.map(seen).collect();
        let members = members_of(&all);
        all.iter_mut().zip(members).for_each(|(seen, member)| seen.leave(member));
        let parts = parts_of(&all);
        let code = all.into_iter().zip(parts).map(|(seen, part)| (seen.service.id, seen.into_code(part)));
        Self { services: code.collect() }
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

/// What the files show of a service, before other services are considered.
struct Seen<'p> {
    service: &'p Service,
    build: Option<&'p Build>,
    context: CodeContext,
    command: Vec<String>,
    files: Vec<Arc<FileFacts>>,
    mounted: BTreeMap<PathBuf, String>,
    placed: BTreeMap<PathBuf, String>,
    documents: Vec<Arc<FileFacts>>,
    /// Whether files of other programs were left out.
    is_part: bool,
    /// The program of several in its context that it runs.
    member: Option<Member>,
}

impl<'p> Seen<'p> {
    fn of(project: &'p Project, service: &'p Service, context: CodeContext, files: &Files, sources: &Sources) -> Self {
        let mut found: Vec<Arc<FileFacts>> = Vec::new();
        let mut mounted = BTreeMap::new();
        for root in &context.roots {
            let below = files_at(root, files, sources);
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
        if let Some((file, target)) = inline_file(project, service, files) {
            mounted.insert(file.path.clone(), target.clone());
            let own = if is_document(Path::new(&target)) { &mut documents } else { &mut found };
            placed.insert(file.path.clone(), target);
            own.push(Arc::new(file));
        }
        if context.roots.len() > 1 {
            // Roots may overlap.
            let mut seen = HashSet::new();
            found.retain(|facts| seen.insert(normalized(&facts.path)));
        }
        let (build, command) = (project.build_of(service), words(service, &context));
        let (is_part, member) = (false, None);
        Self { service, build, context, command, is_part, files: found, mounted, placed, documents, member }
    }

    /// Leaves out the files of the other programs in its context.
    fn leave(&mut self, member: Option<Member>) {
        if let Some(member) = member {
            let count = self.files.len();
            self.files.retain(|facts| member.files.contains(&facts.path) || self.mounted.contains_key(&facts.path));
            self.is_part = self.files.len() < count;
            self.member = Some(member);
        }
    }

    /// Whether another service with the same code runs another part of it: by its command, or the stage of the Dockerfile.
    fn runs_other_than(&self, other: &Self) -> bool {
        let build = |seen: &Self| seen.build.map(|build| (&build.target, &build.args));
        self.command != other.command || build(self) != build(other)
    }

    fn into_code(self, part: Part) -> ServiceCode {
        let Self { context, mut files, .. } = self;
        if let Some(program) = part.program {
            // Any program may read configuration; code counts only if the program imports it.
            files.retain(|facts| facts.language.is_none() || program.contains(&facts.path));
        }
        let (image_env, base_image) = match context.image {
            Some(image) => (image.environment, Some(image.base)),
            None => (Vec::new(), None),
        };
        ServiceCode {
            files,
            share: part.share,
            image_env,
            base_image,
            mounted: self.mounted,
            placed: self.placed,
            documents: self.documents,
            command: self.command,
            is_guessed: context.is_guessed,
            leaves_kafka_out: part.leaves_kafka_out,
            is_followed: part.is_followed,
        }
    }

    /// The folders of its program.
    fn own(&self) -> Option<&BTreeSet<PathBuf>> {
        self.member.as_ref().map(|member| &member.own)
    }
}

/// The program of several in its context that each service runs. Services of one context have one workspace.
fn members_of(all: &[Seen<'_>]) -> Vec<Option<Member>> {
    let mut workspaces = HashMap::new();
    let members = all.iter().map(|seen| {
        let (folder, files) = (&seen.context.folder, &seen.files);
        let key: Vec<*const FileFacts> = files.iter().map(Arc::as_ptr).collect();
        let workspace = workspaces.entry((folder, key)).or_insert_with(|| Workspace::of(folder, files));
        Member::of(&seen.command, &seen.context, workspace)
    });
    members.collect()
}

/// Which part of the files that were seen a service runs.
struct Part {
    share: Share,
    /// The code of its program, if its command shows that; `None` for all.
    program: Option<BTreeSet<PathBuf>>,
    /// See [`ServiceCode::leaves_kafka_out`].
    leaves_kafka_out: bool,
    /// See [`ServiceCode::is_followed`].
    is_followed: bool,
}

/// The part of each service.
fn parts_of(all: &[Seen<'_>]) -> Vec<Part> {
    let code: Vec<Vec<&PathBuf>> = all.iter().map(|seen| seen.context.programs().collect()).collect();
    let mut with_code: HashMap<&[&PathBuf], Vec<&Seen<'_>>> = HashMap::new();
    for (seen, code) in all.iter().zip(&code).filter(|(_, code)| !code.is_empty()) {
        with_code.entry(code).or_default().push(seen);
    }
    let part = |(seen, code): (_, &Vec<&PathBuf>)| {
        part_of(seen, with_code.get(code.as_slice()).map_or(&[][..], Vec::as_slice))
    };
    all.iter().zip(&code).map(part).collect()
}

/// The part of a service; `same` are the services with the same code, itself among them if it has any.
fn part_of(seen: &Seen<'_>, same: &[&Seen<'_>]) -> Part {
    let others = || same.iter().filter(|other| other.service.id != seen.service.id);
    // A container without its own command is for running commands by hand.
    let is_for_hands = seen.command.is_empty() && seen.context.image.is_some();
    let runs_other = |other: &Seen<'_>| is_for_hands || seen.runs_other_than(other);
    let may_be_same = |other: &Seen<'_>| seen.own().is_none_or(|own| other.own() == Some(own));
    let is_chosen = !is_for_hands && others().any(|other| runs_other(other));
    let followed = (!is_for_hands).then(|| followed(&seen.command, &seen.files)).flatten();
    let is_followed = followed.is_some();
    let uses = |facts: &Arc<FileFacts>| !facts.uses.is_empty();
    let (own, left): (Vec<&Arc<FileFacts>>, Vec<_>) = seen
        .files
        .iter()
        .filter(|facts| uses(facts))
        .partition(|facts| followed.as_ref().is_none_or(|own| own.contains(&facts.path)));
    let leaves_kafka_out = own.is_empty() && !left.is_empty();
    let program = is_chosen.then(|| program_of(&seen.command, &seen.files)).flatten();
    let started: Vec<&str> = seen.command.iter().flat_map(|word| word.split_whitespace()).collect();
    let is_started =
        |facts: &FileFacts| seen.placed.get(&facts.path).is_some_and(|path| started.contains(&path.as_str()));
    let program = program.or_else(|| scripts_of(&seen.files, is_started));
    // Where no other service runs the rest, it matters only if that is about Kafka.
    let program = program.or(followed.filter(|_| !left.is_empty()));
    let share = match () {
        () if seen.member.as_ref().is_some_and(|member| member.is_open) => Share::Unknown,
        () if program.is_some() => Share::Part,
        () if others().any(|other| may_be_same(other) && runs_other(other)) => Share::Unknown,
        () if seen.is_part => Share::Part,
        () => Share::Own,
    };
    Part { share, program, leaves_kafka_out, is_followed }
}

/// The file at a path, or those below it if it is a folder.
fn files_at(root: &Path, files: &Files, sources: &Sources) -> Vec<Arc<FileFacts>> {
    match files.is_folder(root) {
        true => sources.below(files, root).files.clone(),
        false => sources.read(files, root).into_iter().collect(),
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

/// The first file about Kafka whose content the compose file has itself, with its path in the container. Its lines are those of the compose file.
fn inline_file(project: &Project, service: &Service, files: &Files) -> Option<(FileFacts, String)> {
    service.inline_files.iter().find_map(|inline| {
        let source = files.get(project.file(inline.node));
        let start = project.span(inline.node).start;
        // The text of a block begins below its sign.
        let is_block = source.text().get(start..).is_some_and(|text| text.starts_with(['|', '>']));
        let line = source.line_column(start).line;
        let text = format!("{}{}", "\n".repeat(if is_block { line } else { line - 1 }), inline.text);
        let facts = FileFacts::of(Path::new(&inline.target), text);
        let path = project.path_of(inline.node).to_owned();
        facts.speaks_of_kafka.then(|| (FileFacts { path, ..facts }, inline.target.clone()))
    })
}

/// The scripts at a path or below it.
fn scripts_at(root: &Path, files: &Files, sources: &Sources) -> Vec<Arc<FileFacts>> {
    let mut scripts = files_at(root, files, sources);
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
