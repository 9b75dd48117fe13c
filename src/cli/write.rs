//! Writes the files of a project: all of them, or none.
//!
//! Three steps. *Stage*: next to every file lie a copy of what it holds and its new content, as temporary files with the owner and
//! the permissions of the file. *Check*: every file still holds what was read. *Commit*: the new content is renamed over the file;
//! at the first failure, what was done is put back from the copies. Who reads a file meanwhile sees the old content or the new.
//!
//! A rename would cut a hard link, and take a file from an owner that we may not give it back to; and a file that is a mount point
//! of its own, as in a container, cannot be renamed over. Such files are overwritten in place, which takes a moment; should the
//! process be killed in it, the copy beside the file (`.composefix-…`) has the former content.
//!
//! Symbolic links stay: the file they lead to is written. A rename keeps neither extended attributes nor access control lists.
//! Systems other than Unix do not tell of owners and hard links, so there every file is renamed over.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempPath;

/// The new content of a file, and what it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedWrite {
    /// The file, as the user named it.
    pub path: PathBuf,
    /// The whole text that was read from it.
    pub before: Arc<str>,
    /// The whole text that it shall hold.
    pub after: String,
}

/// Why nothing was written; only [`NotRestored`](Self::NotRestored) leaves anything changed.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Somebody else was faster.
    #[error("{}: the file changed after it was read; nothing was written, run composefix again", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// This user may not write to it.
    #[error("{}: the file is read-only; nothing was written, make it writable and run composefix again", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// A folder, a pipe, a device.
    #[error("{}: not a regular file; nothing was written", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// Two paths lead to one file, by links, and disagree about its content.
    #[error("{} and {} are one file, but each was to be changed in another way; nothing was written, give only one of them", path.display(), other.display())]
    SameFile {
        /// One path.
        path: PathBuf,
        /// The other.
        other: PathBuf,
    },
    /// The operating system refused.
    #[error("{}: cannot {action}: {error}; nothing was written", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried, as a verb with its object.
        action: &'static str,
        /// What the system said.
        error: io::Error,
    },
    /// The operating system refused, and then refused again to take back what was done before.
    #[error("{cause}, except that {} could not be put back: {error}; its former content is in {}", path.display(), backup.display())]
    NotRestored {
        /// The file that is neither as it was nor certainly as it should be.
        path: PathBuf,
        /// Where its former content lies.
        backup: PathBuf,
        /// What the system said.
        error: io::Error,
        /// Why it had to be put back.
        cause: Box<WriteError>,
    },
}

/// Writes all files, or none. A file whose text does not change is not touched at all.
///
/// # Errors
/// [`WriteError`]: the file, the reason, and what to do. No temporary file is left behind, save the copy that
/// [`WriteError::NotRestored`] names.
pub fn write_all(writes: &[PlannedWrite]) -> Result<(), WriteError> {
    let staged = stage_all(writes)?;
    for file in &staged {
        file.check()?;
    }
    commit(staged)
}

fn stage_all(writes: &[PlannedWrite]) -> Result<Vec<Staged<'_>>, WriteError> {
    let mut staged: Vec<Staged> = Vec::new();
    for write in writes.iter().filter(|write| *write.before != *write.after) {
        let new = Staged::new(write)?;
        match staged.iter().find(|other| other.identity == new.identity) {
            None => staged.push(new),
            Some(other) if other.write.after == write.after => {}
            Some(other) => {
                return Err(WriteError::SameFile { path: other.write.path.clone(), other: write.path.clone() });
            }
        }
    }
    Ok(staged)
}

/// A file that is ready to be written. Its temporary files are removed when it is dropped, those that were renamed excepted.
struct Staged<'a> {
    write: &'a PlannedWrite,
    /// The file itself, all links followed.
    target: PathBuf,
    identity: system::Identity,
    /// The former content.
    backup: TempPath,
    /// The new content.
    replacement: TempPath,
    in_place: bool,
}

impl<'a> Staged<'a> {
    fn new(write: &'a PlannedWrite) -> Result<Self, WriteError> {
        let path = &write.path;
        let failed = |action| move |error| WriteError::Io { path: path.clone(), action, error };

        let target = fs::canonicalize(path).map_err(failed("find the file"))?;
        let metadata = fs::metadata(&target).map_err(failed("find the file"))?;
        if !metadata.is_file() {
            return Err(WriteError::NotAFile { path: path.clone() });
        }
        // A rename asks only for the right to change the folder, so the right to change the file has to be asked for.
        match OpenOptions::new().write(true).open(&target) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                return Err(WriteError::ReadOnly { path: path.clone() });
            }
            Err(error) => return Err(failed("open the file for writing")(error)),
        }

        let beside =
            |text| temporary_file(&target, &metadata, text).map_err(failed("make a temporary file in its folder"));
        let ((backup, _), (replacement, alike)) = (beside(&write.before)?, beside(&write.after)?);
        let in_place = !alike || system::has_other_names(&metadata);
        Ok(Self { write, identity: system::identity(&target, &metadata), target, backup, replacement, in_place })
    }

    /// Whether the file still holds what was read.
    fn check(&self) -> Result<(), WriteError> {
        let bytes = fs::read(&self.target).map_err(|error| self.failed("read the file again", error))?;
        if bytes == self.write.before.as_bytes() {
            Ok(())
        } else {
            Err(WriteError::Changed { path: self.write.path.clone() })
        }
    }

    fn write(&mut self) -> Result<(), WriteError> {
        if !self.in_place {
            match fs::rename(&self.replacement, &self.target) {
                // A mount point.
                Err(error) if error.kind() == io::ErrorKind::ResourceBusy => self.in_place = true,
                result => return result.map_err(|error| self.failed("write the file", error)),
            }
        }
        overwrite(&self.target, &self.write.after).map_err(|error| self.failed("write the file", error))
    }

    /// Puts the former content back, unless it is there; if that fails, keeps the copy and says so.
    fn restore(self, cause: WriteError) -> WriteError {
        if self.check().is_ok() {
            return cause;
        }
        let result = if self.in_place {
            overwrite(&self.target, &self.write.before)
        } else {
            fs::rename(&self.backup, &self.target)
        };
        let Err(error) = result else { return cause };
        let backup = self.backup.to_path_buf();
        // Should this fail as well, the copy is gone and the message cannot help it.
        let _ = self.backup.keep();
        WriteError::NotRestored { path: self.write.path.clone(), backup, error, cause: Box::new(cause) }
    }

    fn failed(&self, action: &'static str, error: io::Error) -> WriteError {
        WriteError::Io { path: self.write.path.clone(), action, error }
    }
}

/// Writes the files in their order; if one fails, restores those that came before it, and it too if it was to be overwritten.
fn commit(mut staged: Vec<Staged>) -> Result<(), WriteError> {
    for i in 0..staged.len() {
        if let Err(cause) = staged[i].write() {
            staged.truncate(if staged[i].in_place { i + 1 } else { i });
            return Err(staged.into_iter().rev().fold(cause, |cause, file| file.restore(cause)));
        }
    }
    Ok(())
}

/// What the file already occupies is written first, so that a full disk is met before anything is cut off.
fn overwrite(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.write_all(text.as_bytes())?;
    file.set_len(text.len() as u64)?;
    file.sync_all()
}

/// A file with `text` in the folder of `target`, and whether it could be given the owner and the permissions of `target`.
fn temporary_file(target: &Path, metadata: &Metadata, text: &str) -> io::Result<(TempPath, bool)> {
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut temporary = tempfile::Builder::new().prefix(".composefix-").tempfile_in(folder)?;
    temporary.write_all(text.as_bytes())?;
    let alike = system::make_alike(temporary.as_file(), metadata)?;
    // Without this, a crash of the system may leave a renamed file empty.
    temporary.as_file().sync_all()?;
    Ok((temporary.into_temp_path(), alike))
}

#[cfg(unix)]
mod system {
    use super::{File, Metadata, Path, io};
    use std::os::unix::fs::{MetadataExt as _, fchown};

    /// Device and inode.
    pub(super) type Identity = (u64, u64);

    pub(super) fn identity(_: &Path, metadata: &Metadata) -> Identity {
        (metadata.dev(), metadata.ino())
    }

    pub(super) fn has_other_names(metadata: &Metadata) -> bool {
        metadata.nlink() > 1
    }

    pub(super) fn make_alike(file: &File, wanted: &Metadata) -> io::Result<bool> {
        // Whatever is refused shows in the comparison. The owner comes first: a change of it clears setuid and setgid (chown(2)).
        let _ = fchown(file, Some(wanted.uid()), Some(wanted.gid()));
        let _ = file.set_permissions(wanted.permissions());
        let is = file.metadata()?;
        Ok((is.uid(), is.gid(), is.mode()) == (wanted.uid(), wanted.gid(), wanted.mode()))
    }
}

#[cfg(not(unix))]
mod system {
    use super::{File, Metadata, Path, io};

    /// The path, all links followed.
    pub(super) type Identity = std::path::PathBuf;

    pub(super) fn identity(target: &Path, _: &Metadata) -> Identity {
        target.to_owned()
    }

    pub(super) fn has_other_names(_: &Metadata) -> bool {
        false
    }

    pub(super) fn make_alike(file: &File, wanted: &Metadata) -> io::Result<bool> {
        file.set_permissions(wanted.permissions())?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with files that hold `before`, and the plan to make each hold `after!`.
    fn folder_with(names: &[&str]) -> (tempfile::TempDir, Vec<PlannedWrite>) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let plan = |name: &&str| {
            let path = folder.path().join(name);
            fs::write(&path, "before").expect("the folder is ours");
            PlannedWrite { path, before: "before".into(), after: "after!".to_owned() }
        };
        let writes = names.iter().map(plan).collect();
        (folder, writes)
    }

    /// Stages all files, puts a folder where the last of them was, so that it cannot be written, and commits.
    fn commit_with_a_failing_last(writes: &[PlannedWrite]) -> String {
        let staged = stage_all(writes).expect("every file can be written");
        let last = &writes[writes.len() - 1].path;
        fs::remove_file(last).and_then(|()| fs::create_dir(last)).expect("the folder is ours");
        commit(staged).expect_err("no file can be renamed over a folder").to_string()
    }

    fn count_entries(folder: &tempfile::TempDir) -> usize {
        fs::read_dir(folder.path()).expect("the folder is there").count()
    }

    #[test]
    fn if_the_second_file_cannot_be_written_the_first_is_put_back() {
        let (folder, writes) = folder_with(&["a.yml", "b.yml"]);
        let error = commit_with_a_failing_last(&writes);
        assert!(
            error.contains("b.yml: cannot write the file: ") && error.ends_with("; nothing was written"),
            "{error}"
        );
        assert_eq!(fs::read_to_string(&writes[0].path).expect("it is there"), "before");
        assert_eq!(count_entries(&folder), 2, "no temporary file is left");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_overwritten_in_place_is_put_back_in_place() {
        let (folder, writes) = folder_with(&["a.yml", "b.yml"]);
        let link = folder.path().join("link.yml");
        fs::hard_link(&writes[0].path, &link).expect("the folder is ours");
        commit_with_a_failing_last(&writes);
        assert_eq!(fs::read_to_string(&writes[0].path).expect("it is there"), "before");
        let inode = |path| std::os::unix::fs::MetadataExt::ino(&fs::metadata(path).expect("it is there"));
        assert_eq!(inode(&writes[0].path), inode(&link));
        assert_eq!(count_entries(&folder), 3, "no temporary file is left");
    }

    #[cfg(unix)]
    #[test]
    fn what_cannot_be_put_back_is_kept_beside_the_file() {
        let (folder, writes) = folder_with(&["a.yml"]);
        fs::hard_link(&writes[0].path, folder.path().join("link.yml")).expect("the folder is ours");
        let error = commit_with_a_failing_last(&writes);
        let (_, copy) = error.rsplit_once("its former content is in ").expect("the message names the copy");
        assert_eq!(fs::read_to_string(copy).expect("it is there"), "before");
    }
}
