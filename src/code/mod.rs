//! The code of a service: the folders of its image, the libraries in them, and the variables that they read.
//!
//! The meaning of a variable is decided in [`kafka`](crate::kafka).

mod binding;
mod config;
mod containers;
mod context;
mod dockerfile;
pub mod document;
mod entry;
mod fact;
mod file;
mod framework;
mod idiom;
mod image_name;
mod import;
mod language;
mod library;
mod manifest;
mod module;
mod placeholder;
mod service_code;
mod tree;

pub use config::settings_in;
pub use containers::{Containers, PropertyEntry, WrittenProperties};
pub use dockerfile::{BuildStep, BuiltImage, ImageVariable};
pub use fact::{Call, Literal, Mention, Read, Setting};
pub use file::FileFacts;
pub use framework::{framework_of_file, implicit_key, variables_of};
pub use idiom::Overlay;
pub use language::Language;
pub use library::{Framework, framework, is_library};
pub use placeholder::{Placeholder, placeholders, resolve};
pub use service_code::{Code, ServiceCode, Share};
pub use tree::Sources;
