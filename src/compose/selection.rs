//! Which files make up a project.

use std::path::{Path, PathBuf};

use crate::compose::dot_env::DotEnv;
use crate::compose::error::ProjectError;
use crate::compose::project::Project;
use crate::compose::service::Service;
use crate::discover::{DEFAULT_NAMES, OVERRIDE_NAMES};
use crate::source::Files;

/// The compose files of one project, in the order in which each overrides those before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The files; the first one's directory is the project directory.
    pub files: Vec<PathBuf>,
    /// What is read in place of the project's `.env`, a later one over an earlier; none for that one.
    pub env_files: Vec<PathBuf>,
}

impl Selection {
    /// One file, and no override beside it: as Compose takes it with `-f`.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { files: vec![path.into()], env_files: Vec::new() }
    }

    /// The project that a named file belongs to: itself if it is whole; else, as people use a variant such as
    /// `docker-compose.prod.yml`, that file over the base beside it.
    #[must_use]
    pub fn with_base(files: &mut Files, path: &Path) -> Self {
        let alone = Self::file(path);
        let Ok(project) = Project::read(files, &alone) else { return alone };
        let has_source = |service: &Service| service.image.is_some() || service.build.is_some();
        if project.services.iter().all(has_source) && Project::load(files, &alone).is_ok() {
            return alone;
        }
        let directory = path.parent().unwrap_or(Path::new(""));
        let bases = DEFAULT_NAMES.iter().map(|name| directory.join(name));
        let Some(base) = bases.into_iter().find(|base| base != path && files.is_file(base)) else { return alone };
        let both = Self { files: vec![base, path.to_owned()], env_files: Vec::new() };
        if Project::load(files, &both).is_ok() { both } else { alone }
    }

    /// The files that Compose takes in a directory: those of `COMPOSE_FILE` in its `.env`, else the first default name and the first
    /// override (Docker Compose 2.40.3; the environment of this process is not asked). `None` if there are none.
    ///
    /// # Errors
    /// [`ProjectError`] if the `.env` cannot be read.
    pub fn directory(files: &mut Files, directory: &Path) -> Result<Option<Self>, ProjectError> {
        let dot_env = DotEnv::load(files, directory, &[])?;
        let separator = dot_env
            .value("COMPOSE_PATH_SEPARATOR")
            .filter(|separator| !separator.is_empty())
            .unwrap_or_else(|| ":".to_owned());
        if let Some(list) = dot_env.value("COMPOSE_FILE") {
            let paths = list.split(separator.as_str()).map(|path| directory.join(path)).collect();
            let mut selection = Self { files: paths, env_files: Vec::new() };
            if selection.project_directory() != directory {
                // The `.env` beside the files only adds to the one that names them.
                let both =
                    [selection.project_directory(), directory.to_owned()].map(|directory| directory.join(".env"));
                selection.env_files = both.into_iter().filter(|path| files.is_file(path)).collect();
            }
            return Ok(Some(selection));
        }
        let first = |names: &[&str]| names.iter().map(|name| directory.join(name)).find(|path| files.is_file(path));
        let base = first(&DEFAULT_NAMES);
        Ok(base.map(|base| {
            let overriding = first(&OVERRIDE_NAMES);
            Self { files: std::iter::once(base).chain(overriding).collect(), env_files: Vec::new() }
        }))
    }

    /// The project directory.
    #[must_use]
    pub fn project_directory(&self) -> PathBuf {
        self.files.first().and_then(|path| path.parent()).map(Path::to_owned).unwrap_or_default()
    }
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
