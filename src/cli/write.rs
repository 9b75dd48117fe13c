//! Writes the files of a project: all of them, or none.
//!
//! There are three steps. *Stage*: write the new content to a temporary file next to each file, with its owner, permissions and attributes.
//! *Check*: every file still has the content that was read. *Commit*: exchange the names of the two files in one step, and check the
//! exchanged file again; at the first failure, undo everything in the same way. A concurrent reader sees the old content or the new.
//!
//! An exchange would break a hard link, and lose an owner or an access control list that we cannot restore; and a file that is a mount
//! point, as in a container, cannot be renamed. Such files are overwritten in place, which is not atomic. A copy of the former content is
//! next to the file; if the process is killed meanwhile, the next run restores it.
//!
//! All of this uses handles of folders inside the project's [`Border`], so a link that is created meanwhile cannot lead out of it. Symbolic
//! links stay: their target is written.

mod staged;
mod system;
mod temporary;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::signals;
use crate::source::{Border, ReadError};
use staged::Staged;
pub(super) use temporary::Leftovers;

/// The new content of a file, and what it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedWrite {
    /// The file, as the user named it.
    pub path: PathBuf,
    /// The whole text that was read from it.
    pub before: Arc<str>,
    /// Its complete new text.
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
    #[error("{} and {} are the same file, but their changes differ; nothing was written, pass only one of them", path.display(), other.display())]
    SameFile {
        /// One path.
        path: PathBuf,
        /// The other.
        other: PathBuf,
    },
    /// Another run of composefix does not let go of it.
    #[error("{}: another run of composefix is writing the file; nothing was written, run composefix again", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// The file is outside the project's border.
    #[error("{0}; nothing was written")]
    Outside(ReadError),
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
    #[error("{cause}, except that {} could not be restored: {error}; its former content is in {}", path.display(), backup.display())]
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

impl WriteError {
    fn io(path: &Path, action: &'static str, error: io::Error) -> Self {
        Self::Io { path: path.to_owned(), action, error }
    }
}

/// Writes all files, or none, and nothing outside the border. A file whose text does not change is not touched. A signal to end the process
/// is delayed until the write is complete.
///
/// # Errors
/// [`WriteError`]: the file, the reason, and what to do. No temporary file remains, except the copy in [`WriteError::NotRestored`].
pub fn write_all(writes: &[PlannedWrite], border: &Border) -> Result<(), WriteError> {
    let _hold = signals::hold();
    let staged = stage_all(writes, border)?;
    for file in &staged {
        file.check()?;
    }
    commit(staged)
}

fn stage_all<'a>(writes: &'a [PlannedWrite], border: &Border) -> Result<Vec<Staged<'a>>, WriteError> {
    let mut staged: Vec<Staged> = Vec::new();
    for write in writes.iter().filter(|write| *write.before != *write.after) {
        let new = Staged::new(write, border, &staged)?;
        staged.extend(new);
    }
    Ok(staged)
}

/// Writes the files in their order; if one fails, restores those that came before it.
fn commit(mut staged: Vec<Staged>) -> Result<(), WriteError> {
    for i in 0..staged.len() {
        if let Err(cause) = staged[i].write() {
            return Err(staged[..i].iter_mut().rev().fold(cause, |cause, file| file.restore(cause)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::source::Borders;

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

    fn border(writes: &[PlannedWrite]) -> Border {
        Borders::default().around(&[writes[0].path.parent().expect("a folder holds it").to_owned()], None, &[])
    }

    /// Stages all files, puts a folder where the last of them was, so that it cannot be written, and commits.
    fn commit_with_a_failing_last(writes: &[PlannedWrite]) -> String {
        let staged = stage_all(writes, &border(writes)).expect("every file can be written");
        let last = &writes[writes.len() - 1].path;
        fs::remove_file(last).and_then(|()| fs::create_dir(last)).expect("the folder is ours");
        commit(staged).expect_err("a folder is no file").to_string()
    }

    fn count_entries(folder: &tempfile::TempDir) -> usize {
        fs::read_dir(folder.path()).expect("the folder is there").count()
    }

    #[test]
    fn if_the_second_file_cannot_be_written_the_first_is_put_back() {
        let (folder, writes) = folder_with(&["a.yml", "b.yml"]);
        let error = commit_with_a_failing_last(&writes);
        assert!(error.contains("b.yml: the file changed after it was read; nothing was written"), "{error}");
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
    fn a_link_in_place_of_a_temporary_file_is_removed_and_what_it_leads_to_is_not() {
        let (folder, writes) = folder_with(&["a.yml", "b.yml"]);
        let link = folder.path().join(".composefix-0123456789abcdef-new-a.yml");
        std::os::unix::fs::symlink(folder.path().join("b.yml"), &link).expect("the folder is ours");
        Leftovers::default().remove_beside(std::slice::from_ref(&writes[0].path), &border(&writes));
        assert_eq!(count_entries(&folder), 2, "only the link is gone");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_was_left_half_written_gets_its_former_content_again() {
        let (old, new) = ("a: localhost\n", "a: kafka, which is longer\n");
        let torn = [
            format!("{}{}", &new[..5], &old[5..]),
            format!("{old}{}", &new[old.len()..]),
            new[..old.len() + 4].to_owned(),
        ];
        for text in torn {
            let (folder, writes) = folder_with(&["a.yml"]);
            let path = &writes[0].path;
            let beside = |kind: &str| folder.path().join(format!(".composefix-0123456789abcdef-{kind}-a.yml"));
            for (path, text) in [(path.clone(), text.as_str()), (beside("new"), new), (beside("old"), old)] {
                fs::write(path, text).expect("the folder is ours");
            }
            assert!(Leftovers::default().remove_beside(std::slice::from_ref(path), &border(&writes)), "{text}");
            assert_eq!(fs::read_to_string(path).expect("it is there"), old);
            assert_eq!(count_entries(&folder), 1, "no temporary file is left");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_change_in_the_last_moment_is_not_overwritten() {
        for is_renamed in [false, true] {
            let (folder, writes) = folder_with(&["a.yml", "b.yml"]);
            let staged = stage_all(&writes, &border(&writes)).expect("every file can be written");
            let (theirs, last) = (folder.path().join("theirs"), &writes[1].path);
            fs::write(if is_renamed { &theirs } else { last }, "theirs").expect("the folder is ours");
            if is_renamed {
                fs::rename(&theirs, last).expect("the folder is ours");
            }
            let error = commit(staged).expect_err("the file changed");
            assert!(matches!(error, WriteError::Changed { .. }), "{error}");
            assert_eq!(fs::read_to_string(last).expect("it is there"), "theirs");
            assert_eq!(fs::read_to_string(&writes[0].path).expect("it is there"), "before");
            assert_eq!(count_entries(&folder), 2, "no temporary file is left");
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_somebody_made_of_a_written_file_is_not_undone() {
        let (folder, writes) = folder_with(&["a.yml"]);
        let mut staged = stage_all(&writes, &border(&writes)).expect("it can be written");
        staged[0].write().expect("it can be written");
        fs::write(&writes[0].path, "theirs").expect("the folder is ours");
        let cause = WriteError::Changed { path: "b.yml".into() };
        let error = staged[0].restore(cause).to_string();
        assert!(error.contains("a.yml could not be restored: another program changed it in the meantime"), "{error}");
        drop(staged);
        assert_eq!(fs::read_to_string(&writes[0].path).expect("it is there"), "theirs");
        let (_, copy) = error.rsplit_once("its former content is in ").expect("the message names the copy");
        assert_eq!(fs::read_to_string(copy).expect("it is there"), "before");
        drop(folder);
    }
}
