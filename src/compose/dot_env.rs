//! The project's `.env`: what `${…}` refers to.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::compose::env_file::{self, Scope};
use crate::compose::error::ProjectError;
use crate::source::Files;

/// The variables for interpolation. Unlike Compose, composefix ignores the shell: its findings must not depend on who runs it.
#[derive(Clone, Debug, Default)]
pub struct DotEnv {
    /// The directory that `PWD` names; none if there is no project yet.
    working_directory: Option<PathBuf>,
    /// The name of the project, unless a file has `COMPOSE_PROJECT_NAME`.
    project_name: Option<String>,
    /// The values of each file; an earlier one wins.
    files: Vec<Arc<HashMap<String, String>>>,
    /// What a `.env` that is not there would set; none if one is.
    awaited: Option<Absent>,
}

/// A `.env` that is not there.
#[derive(Clone, Debug)]
struct Absent {
    directory: PathBuf,
    /// Which variables it would set, once that was asked for.
    variables: OnceLock<Awaited>,
}

/// Which variables a `.env` would set that everybody writes for himself.
#[derive(Clone, Debug)]
enum Awaited {
    /// None.
    Nothing,
    /// These: a sample of it has them.
    Sampled(HashSet<String>),
    /// Nobody knows which: version control ignores it.
    Ignored,
}

/// What people call the sample of a `.env`, which is to be copied.
const SAMPLES: [&str; 14] = [
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    ".env.default",
    ".env.defaults",
    ".env.local",
    ".env.dev",
    ".env.development",
    ".env-example",
    "env.example",
    "example.env",
    "sample.env",
    "env.sample",
];

/// The lines of a `.gitignore` that leave out a `.env`.
const IGNORES: [&str; 5] = [".env", "/.env", "**/.env", "*.env", ".env*"];

/// Nobody writes a longer sample or `.gitignore`, in bytes.
const MAX_BYTES: u64 = 64 * 1024;

impl DotEnv {
    /// Reads the `.env` of a directory if there is one, or `env_files` in its place, of which a later one wins.
    ///
    /// # Errors
    /// [`ProjectError`] if one of them cannot be read, or one of `env_files` does not exist.
    pub fn load(files: &mut Files, directory: &Path, env_files: &[PathBuf]) -> Result<Self, ProjectError> {
        let mut dot_env = Self::default();
        if env_files.is_empty() {
            let path = directory.join(".env");
            if files.is_file(&path) {
                dot_env.read(files, &path)?;
            }
        }
        for path in env_files {
            dot_env.read(files, path)?;
        }
        Ok(dot_env)
    }

    /// These variables; if a directory has no `.env`, it is known what that would set.
    #[must_use]
    pub(super) fn awaiting(self, directory: &Path) -> Self {
        if !self.files.is_empty() {
            return self;
        }
        let awaited = Absent { directory: directory.to_owned(), variables: OnceLock::new() };
        Self { awaited: Some(awaited), ..self }
    }

    fn read(&mut self, files: &mut Files, path: &Path) -> Result<(), ProjectError> {
        let file = files.read(path)?;
        let text = files.get(file).shared_text();
        let (nothing, earlier) = (|_: &str| None, |name: &str| self.value(name));
        let entries = env_file::parse(&text, env_file::Format::Dotenv, Scope { outer: &nothing, earlier: &earlier })
            .map_err(|error| ProjectError::at(file, error.offset, error.kind.to_string()))?;
        // Of two lines of one name the later counts.
        let values = entries.into_iter().filter_map(|entry| Some((entry.name, entry.value?.text)));
        self.files.insert(0, Arc::new(values.collect()));
        Ok(())
    }

    /// These variables, and after them those of another directory, as for an included project.
    #[must_use]
    pub(super) fn or(&self, other: Self) -> Self {
        Self { files: self.files.iter().cloned().chain(other.files).collect(), ..self.clone() }
    }

    /// These variables, and those that Compose sets: `PWD`, which overrides the files, and `COMPOSE_PROJECT_NAME`, which does not (Docker
    /// Compose 2.40.3). composefix assumes that Compose runs in the project directory.
    #[must_use]
    pub(super) fn of_project(self, directory: PathBuf, name: String) -> Self {
        Self { working_directory: Some(directory), project_name: Some(name), ..self }
    }

    /// Whether a variable that is not set would be by a `.env` that is not there. What there is instead is read when this is first asked for.
    #[must_use]
    pub fn awaits(&self, files: &Files, name: &str) -> bool {
        let Some(awaited) = &self.awaited else { return false };
        match awaited.variables.get_or_init(|| Awaited::of(files, &awaited.directory)) {
            Awaited::Nothing => false,
            Awaited::Sampled(names) => names.contains(name),
            Awaited::Ignored => true,
        }
    }

    /// The value of a variable.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        match name {
            "PWD" => self.working_directory.as_ref().map(|directory| directory.display().to_string()),
            "COMPOSE_PROJECT_NAME" => self.value_in_files(name).or_else(|| self.project_name.clone()),
            _ => self.value_in_files(name),
        }
    }

    fn value_in_files(&self, name: &str) -> Option<String> {
        self.files.iter().find_map(|values| values.get(name)).cloned()
    }
}

impl Awaited {
    /// What the `.env` of a directory without one would set.
    fn of(files: &Files, directory: &Path) -> Self {
        // To ask for a file costs less than to fail at opening it.
        let peek = |path: PathBuf| files.is_file(&path).then(|| files.peek(&path, MAX_BYTES)).flatten();
        let names = |sample: &str| {
            let text = peek(directory.join(sample))?;
            let nothing = |_: &str| None;
            let scope = Scope { outer: &nothing, earlier: &nothing };
            let entries = env_file::parse(&text, env_file::Format::Dotenv, scope).ok()?;
            Some(entries.into_iter().map(|entry| entry.name).collect::<HashSet<_>>())
        };
        let sampled: Vec<HashSet<String>> = SAMPLES.iter().filter_map(|sample| names(sample)).collect();
        if !sampled.is_empty() {
            return Self::Sampled(sampled.into_iter().flatten().collect());
        }
        let leaves_out = |folder: &Path| {
            let text = peek(folder.join(".gitignore")).unwrap_or_default();
            text.lines().any(|line| IGNORES.contains(&line.trim()))
        };
        if directory.ancestors().any(leaves_out) { Self::Ignored } else { Self::Nothing }
    }
}
