//! A temporary folder with a project in it, and the real program run there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A folder that goes when it is dropped.
pub struct Sandbox(tempfile::TempDir);

/// What the program said.
#[derive(Debug)]
pub struct Said {
    /// Its exit code; -1 if it was killed.
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// A path inside the crate.
pub fn in_crate(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The text of a file of the crate.
pub fn read(path: &str) -> String {
    fs::read_to_string(in_crate(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

impl Sandbox {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn path(&self, path: &str) -> PathBuf {
        assert!(!path.starts_with('/'), "{path} would lie outside");
        self.0.path().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("the folder is ours");
        fs::write(path, text).expect("the folder is ours");
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Copies a folder with all that is in it.
    pub fn copy(&self, from: &Path, to: &str) {
        fs::create_dir_all(self.path(to)).expect("the folder is ours");
        for entry in fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display())).flatten() {
            let to = format!("{to}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                self.copy(&entry.path(), &to);
            } else {
                // Only the text: a copy of a read-only file must be writable.
                self.write(&to, &fs::read_to_string(entry.path()).expect("the project is text"));
            }
        }
    }

    /// Runs composefix in the folder.
    pub fn composefix(&self, arguments: &[&str]) -> Said {
        self.run(env!("CARGO_BIN_EXE_composefix"), arguments)
    }

    /// Runs a program in the folder.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Said {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.0.path()).stdin(Stdio::null());
        // The user's own settings, and a repository above the folder, are not what is tested.
        command.env("GIT_CEILING_DIRECTORIES", self.0.path().parent().unwrap_or(self.0.path()));
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        let output = command.env("NO_COLOR", "1").output();
        output.unwrap_or_else(|error| panic!("{program}: {error}")).into()
    }
}

impl From<Output> for Said {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("the program speaks UTF-8");
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }
}
