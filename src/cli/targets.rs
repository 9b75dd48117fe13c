//! From what is asked for to loaded projects.

use std::collections::HashSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::analysis::{Analysis, Inputs};
use crate::cli::args::ProjectArgs;
use crate::cli::requests::Request;
use crate::cli::write::Leftovers;
use crate::compose::{
    DEFAULT_NAMES, Note, NoteKind, OVERRIDE_NAMES, Project, ProjectError, Selection, Service, may_be_compose,
};
use crate::finding::Reason;
use crate::kafka::catalog::{CATALOG, Image};
use crate::kafka::topology::Hints;
use crate::report::reason::words;
use crate::rules::{OnlyStarted, only_started};
use crate::source::{Border, Files, decode, without_dots};
use crate::text::{did_you_mean, shown};

/// A project to work on.
pub(super) struct Target {
    /// Its files.
    pub(super) selection: Selection,
    /// The file whose text came by standard input.
    pub(super) stdin: Option<PathBuf>,
    /// What it may read and write.
    pub(super) border: Border,
    /// Whether a base was added to the file that the user named.
    has_base: bool,
    /// Temporary files of a killed run.
    pub(super) leftovers: Leftovers,
    /// Remarks about how the project was read.
    pub(super) remarks: Remarks,
}

/// Remarks for the user about how a project was read, and about errors of Docker Compose.
#[derive(Default)]
pub(super) struct Remarks {
    /// A line each: the base that a named file needs, env files that should be there and are not.
    pub(super) notes: String,
    /// Why Docker Compose rejects the project, though composefix can read it: each a message for people.
    pub(super) rejections: Vec<String>,
}

/// Why a job ended early.
pub(super) enum Failure {
    /// A name in the arguments does not exist: a message for people.
    Argument(String),
    /// A service that the user names does not exist: a message for people.
    NoService(String),
    /// The file is not a compose file: a message for people.
    Foreign(String),
    /// The project cannot be worked on: a message for people.
    Project(String),
    /// A search found a file that is not a project: a message for people.
    LeftOut(String),
}

impl Failure {
    /// A project that cannot be loaded. Of the files only those that the user names are not found: the others have a place that names
    /// them.
    pub(super) fn of(error: &ProjectError, files: &Files) -> Self {
        let message = error.describe(files);
        match error {
            ProjectError::Read(error) if error.is_not_found() => Self::Argument(message),
            ProjectError::Foreign { .. } => Self::Foreign(message),
            _ => Self::Project(message),
        }
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Project(message)
    }
}

impl Target {
    /// Loads and analyzes the requested project; standard input is read here. `None` for a file that is not a compose file.
    ///
    /// # Errors
    /// [`Failure`] if the project or a service that a hint names does not exist, or if it cannot be read.
    pub(super) fn load(
        files: &mut Files,
        request: &Request,
        args: &ProjectArgs,
        inputs: &Inputs,
        border: &Border,
    ) -> Result<Option<(Self, Analysis)>, Failure> {
        let Some((selection, project)) = loaded(files, request, args)? else { return Ok(None) };
        let project = project.map_err(|error| Failure::of(&error, files))?;
        let analysis = Analysis::of(project, selection.clone(), files, inputs);
        let is_single = matches!(request, Request::File(_) | Request::MaybeCompose(_));
        let has_base = is_single && selection.files.len() > 1;
        let stdin = matches!(request, Request::Stdin).then(|| without_dots(&args.stdin_filename));
        let mut target = Self {
            selection,
            stdin,
            border: border.clone(),
            has_base,
            leftovers: Leftovers::default(),
            remarks: Remarks::default(),
        };
        target.remarks = target.remarks(&analysis);
        target.check_hints(&analysis.project, &inputs.hints, &args.only)?;
        Ok(Some((target, analysis)))
    }

    /// The project that is asked for, if it can be loaded; standard input is not read.
    pub(super) fn project(files: &mut Files, request: &Request, args: &ProjectArgs) -> Option<Project> {
        if matches!(request, Request::Stdin) {
            return None;
        }
        loaded(files, request, args).ok()??.1.ok()
    }

    /// A service that the user names must be there.
    fn check_hints(&self, project: &Project, hints: &Hints, only: &[String]) -> Result<(), Failure> {
        let named = hints.services.iter().chain(&hints.excluded).chain(&hints.broker).chain(only);
        let Some(name) = named.into_iter().find(|name| project.service(name).is_none()) else {
            return check_broker(project, hints);
        };
        let advice = did_you_mean(name, project.services.iter().map(|service| service.name.as_str()))
            .unwrap_or_else(|| "`composefix status` lists the services".to_owned());
        let files = self.selection.files.iter().map(|path| without_dots(path).display().to_string());
        let files = files.collect::<Vec<_>>().join(", ");
        Err(Failure::NoService(format!("{files}: no service is named `{name}`; {advice}")))
    }

    /// Why this is only part of a project, if it is: another file may override it or complete it.
    pub(super) fn lacks(&self, analysis: &Analysis) -> Option<String> {
        let [file] = &self.selection.files[..] else { return None };
        let is_override = file.file_name().is_some_and(|name| OVERRIDE_NAMES.iter().any(|own| name == *own));
        if is_override {
            return Some(format!("{}: this is only part of a project, and its base file is missing", self.name()));
        }
        let is_default = file.file_name().is_some_and(|name| DEFAULT_NAMES.iter().any(|own| name == *own));
        let project = &analysis.project;
        let note = project.notes.iter().find(|note| note.kind == NoteKind::NoImage && !is_default)?;
        let place = analysis.files.get(note.file).place(note.span.start);
        Some(format!("{place}: this is only part of a project: {}", note.message))
    }

    /// The path of its last file.
    pub(super) fn name(&self) -> String {
        self.selection.files.last().map(|path| without_dots(path).display().to_string()).unwrap_or_default()
    }

    /// The remarks, with the places as they are in the texts of `analysis`.
    pub(super) fn remarks(&self, analysis: &Analysis) -> Remarks {
        let notes = [
            self.leftovers.notes(),
            self.base_note(),
            missing_env_files(analysis),
            unread(analysis),
            notes_of_compose(analysis),
            clients_too_early(analysis),
        ];
        Remarks { notes: notes.concat(), rejections: rejections(analysis) }
    }

    fn base_note(&self) -> String {
        match (&self.selection.files[..], self.has_base) {
            ([base, file], true) => {
                let (base, file) = (without_dots(base).display().to_string(), without_dots(file).display().to_string());
                format!("note: {} is not a complete project; merging it over {}\n", shown(&file), shown(&base))
            }
            _ => String::new(),
        }
    }
}

/// The files of a project, and what came of loading them.
type Loaded = (Selection, Result<Project, ProjectError>);

/// The project that is asked for; none for a file that turns out to be something else.
fn loaded(files: &mut Files, request: &Request, args: &ProjectArgs) -> Result<Option<Loaded>, Failure> {
    let (selection, project) = match request {
        Request::Stdin => {
            files.insert(args.stdin_filename.clone(), read_stdin()?);
            let around = Selection::around(files, &args.stdin_filename);
            (around.unwrap_or_else(|| Selection::file(&args.stdin_filename)), None)
        }
        Request::Project(selection) => (selection.clone(), None),
        Request::MaybeCompose(path) if !is_like_compose(files, path) => return Ok(None),
        Request::File(path) | Request::MaybeCompose(path) => {
            let is_named = matches!(request, Request::File(_));
            let is_service = |service: &Service| service.image.is_some() || service.build.is_some();
            match Project::read(files, path) {
                Ok(alone) if is_named || alone.services.iter().any(is_service) => {
                    let (selection, project) = alone.with_base(files, path);
                    (selection, Some(project))
                }
                Err(error) if is_named => (Selection::file(path), Some(Err(error))),
                _ => return Ok(None),
            }
        }
        Request::Unreadable(message) => return Err(Failure::Project(message.clone())),
        Request::Nothing(message) => return Err(Failure::Argument(message.clone())),
    };
    let (selection, project) = match &args.env_files[..] {
        [] => (selection, project),
        env_files => (Selection { env_files: env_files.to_vec(), ..selection }, None),
    };
    let project = project.unwrap_or_else(|| Project::load(files, &selection));
    Ok(Some((selection, project)))
}

/// Rejects a service that is known not to be a broker.
fn check_broker(project: &Project, hints: &Hints) -> Result<(), Failure> {
    let service = hints.broker.as_ref().and_then(|name| project.service(name));
    let Some(image) = service.and_then(|service| service.image.as_ref()) else { return Ok(()) };
    match Image::parse(image.as_str()).as_ref().and_then(|image| CATALOG.not_client(image)) {
        Some(kind) => Err(Failure::Argument(format!("--broker: `{}` is not a Kafka broker ({kind})", image.as_str()))),
        None => Ok(()),
    }
}

/// A line for each env file that should be there and is not.
fn missing_env_files(analysis: &Analysis) -> String {
    let (project, files) = (&analysis.project, &analysis.files);
    let env_files = project.services.iter().flat_map(|service| &service.env_files);
    let mut seen = HashSet::new();
    let missing = env_files
        .filter(|env_file| env_file.required && env_file.content.is_none() && !files.is_file(&env_file.path))
        .filter(|env_file| seen.insert(env_file.path.strip_prefix(".").unwrap_or(&env_file.path)))
        .map(|env_file| {
            let place = files.get(project.file(env_file.node)).place(project.span(env_file.node).start);
            let path = without_dots(&env_file.path).display().to_string();
            let line = format!("note: {place}: {path} does not exist, so the variables it sets are unknown");
            format!("{}\n", shown(&line))
        });
    missing.collect()
}

/// A line for each file or folder that belongs to the project and was not read.
fn unread(analysis: &Analysis) -> String {
    analysis.files.unread().iter().map(|unread| format!("{}\n", shown(&format!("note: {unread}")))).collect()
}

fn rejections(analysis: &Analysis) -> Vec<String> {
    let rejected = analysis.project.notes.iter().filter(|note| note.kind.is_rejected());
    let message = |note: &Note| {
        let place = analysis.files.get(note.file).place(note.span.start);
        format!("{place}: Docker Compose rejects the project: {}; {}", note.message, note.help)
    };
    rejected.map(message).collect()
}

/// A line for each thing that Compose needs from elsewhere, or that another version reads otherwise.
fn notes_of_compose(analysis: &Analysis) -> String {
    let is_line = |note: &&Note| !note.kind.is_rejected() && note.kind != NoteKind::MissingEnvFile;
    let line = |note: &Note| {
        let place = analysis.files.get(note.file).place(note.span.start);
        format!("{}\n", shown(&format!("note: {place}: {}; {}", note.message, note.help)))
    };
    analysis.project.notes.iter().filter(is_line).map(line).collect()
}

/// A line for each broker that clients cannot wait for, as nobody knows whether it can be asked.
fn clients_too_early(analysis: &Analysis) -> String {
    let line = |found: &OnlyStarted<'_>| {
        let (project, files) = (&analysis.project, &analysis.files);
        let place = files.get(project.file(found.node)).place(project.span(found.node).start);
        let names = found.clients.iter().map(|client| client.service.name.as_str()).collect::<Vec<_>>().join("`, `");
        let (verb, broker) = (if found.clients.len() == 1 { "waits" } else { "wait" }, &found.broker.service.name);
        let why = words(&Reason::Health(found.why.clone()));
        let line =
            format!("note: {place}: `{names}` {verb} until `{broker}` has started, not until it is healthy: {why}");
        format!("{}\n", shown(&line))
    };
    only_started(analysis).iter().map(line).collect()
}

/// Whether the text of a file may be Compose's.
fn is_like_compose(files: &mut Files, path: &Path) -> bool {
    let Ok(file) = files.read(path) else { return false };
    may_be_compose(files.get(file).text())
}

fn read_stdin() -> Result<String, Failure> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).map_err(|error| format!("standard input: {error}"))?;
    decode(Path::new("standard input"), bytes).map_err(|error| error.to_string().into())
}
