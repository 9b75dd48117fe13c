//! The variables of the shell by which Docker Compose chooses a project (docs.docker.com/compose/how-tos/environment-variables/envvars).

use std::path::{Path, PathBuf};

use crate::compose::error::ProjectError;
use crate::compose::selection::Selection;
use crate::source::Files;

/// The shell's variables for the project. The library does not read the environment; the caller passes the variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShellVariables {
    /// `COMPOSE_FILE`: the files, with a separator between.
    pub file: Option<String>,
    /// `COMPOSE_PATH_SEPARATOR`; `:` if there is none.
    pub path_separator: Option<String>,
    /// `COMPOSE_ENV_FILES`: what is read in place of `.env`, with commas between.
    pub env_files: Option<String>,
    /// `COMPOSE_PROFILES`, which composefix needs not follow: it reads the services of every profile.
    pub profiles: Option<String>,
    /// `COMPOSE_PROJECT_NAME`, which names containers and networks, and no service.
    pub project_name: Option<String>,
}

impl ShellVariables {
    /// Asks for each variable by its name; an empty one counts as not set, as it does to Compose.
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        Self {
            file: set("COMPOSE_FILE"),
            path_separator: set("COMPOSE_PATH_SEPARATOR"),
            env_files: set("COMPOSE_ENV_FILES"),
            profiles: set("COMPOSE_PROFILES"),
            project_name: set("COMPOSE_PROJECT_NAME"),
        }
    }

    /// The project that Compose takes when it is run in a directory without `-f`: the files of the shell's `COMPOSE_FILE`, relative to that
    /// directory, else what [`Selection::upward`] finds; with the env files of `COMPOSE_ENV_FILES`.
    ///
    /// # Errors
    /// Those of [`Selection::upward`].
    pub fn select(
        &self,
        files: &mut Files,
        directory: &Path,
        is_project_directory: bool,
    ) -> Result<Option<Selection>, ProjectError> {
        let from = if is_project_directory { Path::new("") } else { directory };
        let found = match &self.file {
            Some(list) => {
                let separator = self.path_separator.as_deref().unwrap_or(":");
                let named = Selection::files(list.split(separator).map(|path| from.join(path)).collect());
                Some(match is_project_directory {
                    true => Selection { directory: Some(directory.to_owned()), ..named },
                    false => named.with_env_of(files, directory),
                })
            }
            None => Selection::upward(files, directory, is_project_directory)?,
        };
        let env_files: Option<Vec<PathBuf>> =
            self.env_files.as_ref().map(|list| list.split(',').map(|path| from.join(path.trim())).collect());
        Ok(found.map(|found| match env_files {
            Some(env_files) => Selection { env_files, ..found },
            None => found,
        }))
    }

    /// The names of the variables that decide which files are read, to be mentioned.
    #[must_use]
    pub fn deciding(&self) -> Vec<&'static str> {
        let decides = [("COMPOSE_FILE", &self.file), ("COMPOSE_ENV_FILES", &self.env_files)];
        decides.into_iter().filter(|(_, value)| value.is_some()).map(|(name, _)| name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Memory;

    fn select(shell: &[(&str, &str)]) -> Selection {
        let shell =
            ShellVariables::of(|name| shell.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned()));
        let texts = ["compose.yaml", "a.yml", "b.yml", ".env", "dev.env"];
        let memory = Memory(texts.iter().map(|path| (PathBuf::from(path), Vec::new())).collect());
        let selected = shell.select(&mut Files::new(memory), Path::new(""), false);
        selected.expect("the files can be read").expect("there are files")
    }

    #[test]
    fn the_shell_names_the_files_and_the_env_files() {
        let paths = |selection: Selection| (selection.files, selection.env_files);
        let of = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        assert_eq!(paths(select(&[])), (of(&["compose.yaml"]), of(&[])));
        assert_eq!(paths(select(&[("COMPOSE_FILE", "a.yml:b.yml")])), (of(&["a.yml", "b.yml"]), of(&[])));
        assert_eq!(
            paths(select(&[("COMPOSE_FILE", "a.yml;b.yml"), ("COMPOSE_PATH_SEPARATOR", ";")])),
            (of(&["a.yml", "b.yml"]), of(&[]))
        );
        assert_eq!(paths(select(&[("COMPOSE_FILE", "")])), (of(&["compose.yaml"]), of(&[])));
        assert_eq!(
            paths(select(&[("COMPOSE_ENV_FILES", "dev.env, .env")])),
            (of(&["compose.yaml"]), of(&["dev.env", ".env"]))
        );
    }

    #[test]
    fn only_what_decides_is_mentioned() {
        let shell = ShellVariables::of(|name| Some(name.to_owned()));
        assert_eq!(shell.deciding(), ["COMPOSE_FILE", "COMPOSE_ENV_FILES"]);
        assert_eq!(ShellVariables::default().deciding(), [""; 0]);
    }
}
