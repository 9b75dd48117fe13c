//! A source of an address.

use std::path::PathBuf;

use crate::code::FileFacts;
use crate::kafka::catalog::VariableRole;

/// A source of an address for a program: a variable and its default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// The variable to set.
    pub variable: String,
    /// Other variables that would do the same.
    pub also: Vec<String>,
    /// Whether the code or its configuration spells the variable, and not a framework's rules alone.
    pub is_spelled: bool,
    /// What the variable holds.
    pub role: VariableRole,
    /// What the program gets if the variable is not set: from its image, a file or its code.
    pub default: Option<String>,
    /// The file that reads it, or has the default.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

impl Way {
    /// The source with the first of `variables`, and the others as alternatives; `None` if there are none.
    pub(super) fn new(
        mut variables: Vec<String>,
        role: VariableRole,
        default: Option<String>,
        file: &FileFacts,
        line: usize,
    ) -> Option<Self> {
        let variable = if variables.is_empty() { return None } else { variables.remove(0) };
        Some(Self { variable, also: variables, is_spelled: false, role, default, path: file.path.clone(), line })
    }

    pub(super) fn spelled(self) -> Self {
        Self { is_spelled: true, ..self }
    }

    /// Its variables, beginning with the one to set.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.variable).chain(&self.also).map(String::as_str)
    }

    /// Whether a variable belongs to this source; in .NET, a colon in a name may also be written as two underscores.
    #[must_use]
    pub fn is_by(&self, variable: &str) -> bool {
        self.names().any(|own| own == variable || variable.contains(':') && own.replace("__", ":") == variable)
    }
}

/// Adds a source, if there is one.
pub(super) fn add(ways: &mut Vec<Way>, way: Option<Way>) {
    let Some(way) = way else { return };
    match ways.iter_mut().find(|other| other.variable == way.variable) {
        // A read with a default is preferred: the same variable is often read in several places.
        Some(other) if other.default.is_none() => {
            *other = Way { also: [&other.also[..], &way.also[..]].concat(), ..way }
        }
        Some(_) => {}
        None => ways.push(way),
    }
}
