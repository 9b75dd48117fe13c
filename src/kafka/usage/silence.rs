//! Code that has no word about Kafka in it.

use std::sync::Arc;

use super::{is_address_role, is_program};
use crate::code::{self, FileFacts, Framework, ServiceCode};
use crate::compose::Service;
use crate::kafka::catalog::{CATALOG, Image};
use crate::kafka::effective::recognise;

/// Whether there is a program, all of it was seen, and nothing in it is about Kafka.
pub(super) fn is_silent(service: &Service, code: &ServiceCode) -> bool {
    // Spring does nothing with a library that no class takes in; other frameworks connect by configuration alone.
    let counts = |library: &str| code::framework(library) != Some(Framework::Spring);
    let is_about_kafka = |file: &FileFacts| {
        (file.speaks_of_kafka
            || file.reads.iter().any(|read| is_address_role(CATALOG.variable_role(&read.variable, None))))
            && is_program(file)
            || file.libraries.iter().any(|mention| counts(&mention.library))
    };
    // A single script in a third-party image is not the program, unless the command starts it.
    let is_own = |file: &&Arc<FileFacts>| {
        let path = code.mounted.get(&file.path);
        path.is_none_or(|path| starts(service, path))
    };
    let is_client = |base: &str| Image::parse(base).is_some_and(|image| CATALOG.client(&image).is_some());
    let is_ready_made = code.base_image.as_deref().is_some_and(|base| is_client(base) || recognise(base).is_some());
    !is_ready_made
        && code.files.iter().filter(is_own).any(|file| is_program(file))
        && !code.files.iter().any(|file| is_about_kafka(file))
}

/// Whether a service's command names a file, by its path in the container.
pub(super) fn starts(service: &Service, path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    service.command_words().iter().any(|word| word.contains(stem))
}
