//! The project's `.env`: what `${…}` refers to.

use std::path::{Path, PathBuf};

use crate::compose::env_file::{self, Scope};
use crate::compose::error::ProjectError;
use crate::source::{FileId, Files};

/// The variables that interpolation knows. The shell, which Compose would ask first, is not asked: what composefix says of a file must
/// not depend on who runs it.
#[derive(Clone, Debug, Default)]
pub struct DotEnv {
    /// The directory that `PWD` names; none if there is no project yet.
    working_directory: Option<PathBuf>,
    /// The name of the project, unless a file has `COMPOSE_PROJECT_NAME`.
    project_name: Option<String>,
    /// Each file with its entries; an earlier one wins.
    files: Vec<(FileId, Vec<env_file::Entry>)>,
}

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

    fn read(&mut self, files: &mut Files, path: &Path) -> Result<(), ProjectError> {
        let file = files.read(path)?;
        let text = files.get(file).shared_text();
        let (nothing, earlier) = (|_: &str| None, |name: &str| self.value(name));
        let entries = env_file::parse(&text, env_file::Format::Dotenv, Scope { outer: &nothing, earlier: &earlier })
            .map_err(|error| ProjectError::at(file, error.offset, error.kind.to_string()))?;
        self.files.insert(0, (file, entries));
        Ok(())
    }

    /// These variables, and behind them those of another directory: what an included project sees.
    #[must_use]
    pub(super) fn or(&self, other: Self) -> Self {
        Self { files: self.files.iter().cloned().chain(other.files).collect(), ..self.clone() }
    }

    /// These variables, and those that Compose itself sets: `PWD`, which beats the files, and `COMPOSE_PROJECT_NAME`, which does not
    /// (Docker Compose 2.40.3). It runs in the project directory, as far as composefix knows.
    #[must_use]
    pub(super) fn of_project(self, directory: PathBuf, name: String) -> Self {
        Self { working_directory: Some(directory), project_name: Some(name), ..self }
    }

    /// The value of a variable: of two lines the later counts.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        match name {
            "PWD" => self.working_directory.as_ref().map(|directory| directory.display().to_string()),
            "COMPOSE_PROJECT_NAME" => self.value_in_files(name).or_else(|| self.project_name.clone()),
            _ => self.value_in_files(name),
        }
    }

    fn value_in_files(&self, name: &str) -> Option<String> {
        let has_value = |entry: &&env_file::Entry| entry.name == name && entry.value.is_some();
        let entry = self.files.iter().find_map(|(_, entries)| entries.iter().rev().find(has_value))?;
        entry.value.as_ref().map(|value| value.text.clone())
    }
}
