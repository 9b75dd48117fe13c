//! The entries of env files, with their references resolved.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::Loader;
use crate::compose::dot_env::DotEnv;
use crate::compose::env_file::{self, Scope};
use crate::compose::environment::Environment;
use crate::compose::error::ProjectError;
use crate::compose::interpolation::{Interpolated, Piece, PieceSource};
use crate::compose::service::Service;
use crate::source::{FileId, ReadError, Unread};

impl Loader<'_> {
    pub(super) fn load_env_files(&mut self, dot_env: &DotEnv, service: &mut Service) -> Result<(), ProjectError> {
        let mut earlier: HashMap<String, String> = HashMap::new();
        for index in 0..service.env_files.len() {
            let env_file = &service.env_files[index];
            if env_file.content.is_none() && self.files.is_file(&env_file.path) {
                let file = match self.files.read(&env_file.path) {
                    // For composefix, the file does not exist.
                    Err(ReadError::Outside { path, .. }) => {
                        self.files.leave_out(Unread::Outside { path });
                        continue;
                    }
                    result => result?,
                };
                let entries = self.env_file(file, env_file.format, dot_env, &service.environment, &earlier)?;
                service.env_files[index].content = Some((file, entries));
            }
            if index + 1 < service.env_files.len() {
                let entries = service.env_files[index].content.iter().flat_map(|(_, entries)| entries.iter());
                earlier.extend(entries.filter_map(|own| Some((own.name.clone(), own.value.as_ref()?.text.clone()))));
            }
        }
        Ok(())
    }

    /// The entries of an env file; one without references says the same to every service and is read once.
    fn env_file(
        &mut self,
        file: FileId,
        format: env_file::Format,
        dot_env: &DotEnv,
        environment: &Environment,
        earlier: &HashMap<String, String>,
    ) -> Result<Arc<Vec<env_file::Entry>>, ProjectError> {
        if let Some(known) = self.env_files.get(&(file, format)) {
            return Ok(Arc::clone(known));
        }
        let text = self.files.get(file).shared_text();
        let written: OnceCell<HashMap<&str, &str>> = OnceCell::new();
        let of_environment = |name: &str| {
            let values = environment.variables.iter().filter_map(|own| Some((own.name.as_str(), own.value()?)));
            written.get_or_init(|| values.collect()).get(name).map(|&value| value.to_owned())
        };
        // The project's `.env` beats the service's `environment`, and both beat the lines of the file (Docker Compose 2.40.3).
        let outer = |name: &str| dot_env.value(name).or_else(|| of_environment(name));
        let earlier = |name: &str| earlier.get(name).cloned();
        let mut entries = env_file::parse(&text, format, Scope { outer: &outer, earlier: &earlier })
            .map_err(|error| ProjectError::at(file, error.offset, error.kind.to_string()))?;
        let is_alike_for_all = !text.contains('$') && entries.iter().all(|entry| entry.value.is_some());
        // A bare name takes its value from outside the file.
        for entry in entries.iter_mut().filter(|entry| entry.value.is_none()) {
            let source = PieceSource::Variable { name: entry.name.clone(), reference: entry.name_span };
            let pieces = |text: &String| vec![Piece { text: text.clone(), source }];
            entry.value = outer(&entry.name).map(|text| Interpolated { pieces: pieces(&text), text });
        }
        let entries = Arc::new(entries);
        if is_alike_for_all {
            self.env_files.insert((file, format), Arc::clone(&entries));
        }
        Ok(entries)
    }
}
