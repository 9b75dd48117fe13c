//! Written projects: the texts in `cases/`.
//!
//! A case begins with `=== its name`, and ends where the next begins. In parentheses after the name stands what becomes of it if it is not
//! accepted: `rejected`, or `rejected by Compose alone: why`, where the reason `a note says so` asks for a note with Compose's own words.
//! Behind a semicolon stands what the older version makes of it, if that is something else: `2.40.3 …`; with `harmless: ` before it, no
//! note need say so. A line `$ -f a.yml -f b.yml` gives the arguments; without one, the files are discovered. A line `@ folder` says where
//! in the project that is. A file begins with `--> its path`; what precedes the first such line is `compose.yaml`.

use std::fs;
use std::path::{Path, PathBuf};

use composefix::compose::Selection;
use composefix::source::Files;

use crate::discover;

const TEXTS: [&str; 11] = [
    include_str!("cases/depends_on.txt"),
    include_str!("cases/discovery.txt"),
    include_str!("cases/env_file.txt"),
    include_str!("cases/environment.txt"),
    include_str!("cases/extends.txt"),
    include_str!("cases/healthcheck.txt"),
    include_str!("cases/include.txt"),
    include_str!("cases/interpolation.txt"),
    include_str!("cases/merge.txt"),
    include_str!("cases/services.txt"),
    include_str!("cases/yaml.txt"),
];

/// What becomes of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Accepted,
    Rejected,
    RejectedByComposeAlone,
}

/// A written project.
#[derive(Debug)]
pub struct Case {
    pub name: String,
    pub verdict: Verdict,
    /// What the older version makes of it, if that is something else.
    pub older: Option<String>,
    /// Why Compose alone rejects it.
    reason: String,
    arguments: Vec<String>,
    /// Where Compose is run, from the folder of the project.
    place: String,
    /// Path and text.
    files: Vec<(String, String)>,
}

/// Every case.
pub fn all() -> Vec<Case> {
    TEXTS.iter().flat_map(|text| text.split("\n=== ").skip(1)).map(Case::parse).collect()
}

impl Case {
    fn parse(text: &str) -> Self {
        let (heading, body) = text.split_once('\n').expect("a case has a body");
        let (name, said) = heading.split_once(" (").unwrap_or((heading, ""));
        let said = said.trim_end_matches(')');
        let is_of_older = |part: &str| part.trim_start_matches("harmless: ").starts_with("2.40.3 ");
        let (said, older) = match said.split_once("; ") {
            Some((said, older)) => (said, Some(older)),
            None if is_of_older(said) => ("", Some(said)),
            None => (said, None),
        };
        let (verdict, reason) = match (said, said.strip_prefix("rejected by Compose alone: ")) {
            ("", _) => (Verdict::Accepted, ""),
            ("rejected", _) => (Verdict::Rejected, ""),
            (_, reason) => (Verdict::RejectedByComposeAlone, reason.unwrap_or_else(|| panic!("{heading}"))),
        };
        assert!(older.is_none_or(is_of_older), "{heading}");
        let mut case = Self {
            name: name.to_owned(),
            verdict,
            older: older.map(str::to_owned),
            reason: reason.to_owned(),
            arguments: Vec::new(),
            place: String::new(),
            files: Vec::new(),
        };
        for line in body.lines() {
            if let Some(arguments) = line.strip_prefix("$ ") {
                case.arguments = arguments.split(' ').map(str::to_owned).collect();
            } else if let Some(place) = line.strip_prefix("@ ") {
                place.clone_into(&mut case.place);
            } else if let Some(path) = line.strip_prefix("--> ") {
                case.files.push((path.to_owned(), String::new()));
            } else {
                if case.files.is_empty() {
                    case.files.push(("compose.yaml".to_owned(), String::new()));
                }
                let (_, text) = case.files.last_mut().expect("one was pushed");
                text.push_str(line);
                text.push('\n');
            }
        }
        case
    }

    /// Whether a note must contain Compose's message.
    pub fn is_noted(&self) -> bool {
        self.reason == "a note says so"
    }

    /// Whether nobody needs to know that the older version differs.
    pub fn is_harmless(&self) -> bool {
        self.older.as_ref().is_some_and(|older| older.starts_with("harmless: "))
    }

    /// Writes the files to a folder that is gone when it is dropped.
    pub fn write(&self) -> tempfile::TempDir {
        let folder = tempfile::Builder::new().prefix("project").tempdir().expect("there is room for a project");
        for (path, text) in &self.files {
            let path = folder.path().join(path);
            let written =
                fs::create_dir_all(path.parent().expect("it has a folder")).and_then(|()| fs::write(path, text));
            written.expect("there is room for a file");
        }
        folder
    }

    /// The folder that Compose is run in.
    pub fn place(&self, folder: &Path) -> PathBuf {
        folder.join(&self.place)
    }

    /// The arguments, as Docker Compose takes them.
    pub fn arguments(&self) -> Vec<&str> {
        self.arguments.iter().map(String::as_str).collect()
    }

    /// The arguments, as composefix takes them.
    pub fn selection<'c>(&'c self, folder: &'c Path) -> impl FnOnce(&mut Files) -> Result<Selection, String> + 'c {
        let values = |option: &str| {
            let pairs = self.arguments.chunks_exact(2).filter(|pair| pair[0] == option);
            pairs.map(|pair| self.place(folder).join(&pair[1])).collect::<Vec<_>>()
        };
        let directory = values("--project-directory").pop();
        let selection = Selection { files: values("-f"), directory, env_files: values("--env-file") };
        move |files| match (selection.files.as_slice(), selection.directory.as_ref()) {
            ([], directory) => {
                let place = self.place(folder);
                let from = directory.unwrap_or(&place);
                discover(files, from, directory.is_some()).map(|found| match selection.env_files.as_slice() {
                    [] => found,
                    _ => Selection { env_files: selection.env_files, ..found },
                })
            }
            _ => Ok(selection),
        }
    }
}
