//! Which files make up a project.

use std::path::{Path, PathBuf};

use crate::compose::dot_env::DotEnv;
use crate::compose::error::ProjectError;
use crate::compose::names::{DEFAULT_NAMES, OVERRIDE_NAMES};
use crate::compose::project::{Project, normalized};
use crate::source::{Files, without_dots};

/// The compose files of one project, in the order in which each overrides those before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// The files.
    pub files: Vec<PathBuf>,
    /// The project directory; none for that of the first file.
    pub directory: Option<PathBuf>,
    /// What is read in place of the project's `.env`, a later one over an earlier; none for that one.
    pub env_files: Vec<PathBuf>,
}

impl Selection {
    /// One file without its override file, as with `-f` in Compose.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self::files(vec![path.into()])
    }

    /// Several files, each over those before it.
    #[must_use]
    pub fn files(files: Vec<PathBuf>) -> Self {
        Self { files, ..Self::default() }
    }

    /// The project of a named file: the file itself if it is complete; otherwise the file merged over the base next to it, as a variant
    /// such as `docker-compose.prod.yml` is used.
    #[must_use]
    pub fn with_base(files: &mut Files, path: &Path) -> Self {
        match Project::read(files, path) {
            Ok(alone) => alone.with_base(files, path).0,
            Err(_) => Self::file(path),
        }
    }

    /// The files that Compose takes in a directory: those of `COMPOSE_FILE` in its `.env`, else the first default name and the first
    /// override (Docker Compose 2.40.3; the environment of this process is not asked). `None` if there are none.
    ///
    /// # Errors
    /// [`ProjectError`] if the `.env` cannot be read.
    pub fn in_directory(files: &mut Files, directory: &Path) -> Result<Option<Self>, ProjectError> {
        Self::named_in_dot_env(files, directory, directory)
            .map(|named| named.or_else(|| Self::with_default_names(files, directory)))
    }

    /// The files that Compose takes in the directory of a file, if they are several and that file is one of them.
    #[must_use]
    pub fn around(files: &mut Files, path: &Path) -> Option<Self> {
        let found = Self::in_directory(files, path.parent().unwrap_or(Path::new(""))).ok()??;
        let is_it = |own: &PathBuf| without_dots(own) == without_dots(path);
        (found.files.len() > 1 && found.files.iter().any(is_it)).then_some(found)
    }

    /// The files that Compose takes when it is run in a directory, or with `--project-directory`: those of [`Self::in_directory`], else
    /// the first default name upward from there. `None` if there are none.
    ///
    /// Found upward, the project directory is where they are, and the `.env` there only adds to the one of `directory`; with
    /// `is_project_directory` it is `directory` itself, and paths in `COMPOSE_FILE` are relative to the working directory (Docker
    /// Compose 2.40.3).
    ///
    /// # Errors
    /// [`ProjectError`] if the `.env` cannot be read.
    pub fn upward(
        files: &mut Files,
        directory: &Path,
        is_project_directory: bool,
    ) -> Result<Option<Self>, ProjectError> {
        let named_from = if is_project_directory { Path::new("") } else { directory };
        let found = match Self::named_in_dot_env(files, directory, named_from)? {
            None => upward(files, directory).iter().find_map(|above| Self::with_default_names(files, above)),
            named => named,
        };
        Ok(found.map(|found| {
            if is_project_directory {
                return Self { directory: Some(directory.to_owned()), env_files: Vec::new(), ..found };
            }
            found.with_env_of(files, directory)
        }))
    }

    /// Whether the `.env` of a directory has a `COMPOSE_FILE`, so that it decides which files are taken.
    #[must_use]
    pub fn is_named_in_dot_env(files: &mut Files, directory: &Path) -> bool {
        DotEnv::load(files, directory, &[]).is_ok_and(|dot_env| dot_env.value("COMPOSE_FILE").is_some())
    }

    /// The files of `COMPOSE_FILE` in the `.env` of a directory.
    fn named_in_dot_env(files: &mut Files, directory: &Path, from: &Path) -> Result<Option<Self>, ProjectError> {
        let dot_env = DotEnv::load(files, directory, &[])?;
        let separator = dot_env
            .value("COMPOSE_PATH_SEPARATOR")
            .filter(|separator| !separator.is_empty())
            .unwrap_or_else(|| ":".to_owned());
        if let Some(list) = dot_env.value("COMPOSE_FILE") {
            let paths = list.split(separator.as_str()).map(|path| from.join(path)).collect();
            return Ok(Some(Self::files(paths).with_env_of(files, directory)));
        }
        Ok(None)
    }

    /// These files; if they are found from another directory, the `.env` next to them only adds to the one there.
    pub(super) fn with_env_of(mut self, files: &Files, directory: &Path) -> Self {
        if self.project_directory() != directory {
            let both = [self.project_directory(), directory.to_owned()].map(|directory| directory.join(".env"));
            self.env_files = both.into_iter().filter(|path| files.is_file(path)).collect();
        }
        self
    }

    fn with_default_names(files: &Files, directory: &Path) -> Option<Self> {
        let first = |names: &[&str]| names.iter().map(|name| directory.join(name)).find(|path| files.is_file(path));
        let base = first(&DEFAULT_NAMES)?;
        Some(Self::files(std::iter::once(base).chain(first(&OVERRIDE_NAMES)).collect()))
    }

    /// The project directory.
    #[must_use]
    pub fn project_directory(&self) -> PathBuf {
        let of_first = || self.files.first().and_then(|path| path.parent()).map(Path::to_owned);
        self.directory.clone().or_else(of_first).unwrap_or_default()
    }
}

/// A directory, and those that hold it, up to the root.
fn upward(files: &Files, directory: &Path) -> Vec<PathBuf> {
    let depth = normalized(&files.absolute(directory)).components().count();
    let above = (0..depth).map(|steps| (0..steps).fold(directory.to_owned(), |path, _| path.join("..")));
    above.map(|path| normalized(&path)).collect()
}

impl From<&Path> for Selection {
    fn from(path: &Path) -> Self {
        Self::file(path)
    }
}

impl From<&PathBuf> for Selection {
    fn from(path: &PathBuf) -> Self {
        Self::file(path)
    }
}

impl From<&Self> for Selection {
    fn from(selection: &Self) -> Self {
        selection.clone()
    }
}
