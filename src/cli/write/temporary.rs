//! Temporary files next to the written file, and those that a killed run left after.
//!
//! Their names are `.composefix-NUMBER-new-NAME` and `.composefix-NUMBER-old-NAME`, for the file NAME. A run holds a lock on each of them;
//! a file without a lock was left after by a killed run.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use cap_std::fs::Dir;

use super::system;
use crate::source::Border;
use crate::text::shown;

const PREFIX: &str = ".composefix-";

/// What a temporary file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// The new content.
    New,
    /// The former content.
    Old,
}

/// A file that is removed on drop.
#[derive(Debug)]
pub(super) struct Temporary {
    pub(super) folder: Dir,
    pub(super) name: OsString,
    pub(super) file: File,
    is_kept: bool,
}

impl Temporary {
    /// A file with `text` next to the file `target`.
    pub(super) fn new(folder: &Dir, target: &OsStr, number: u64, kind: Kind, text: &str) -> io::Result<Self> {
        let name = name_of(target, number, kind);
        loop {
            let file = system::create(folder, &name)?;
            let mut temporary = Self { folder: folder.try_clone()?, name: name.clone(), file, is_kept: false };
            system::lock(&temporary.file, true)?;
            // Another run may have taken it for a dead one's, in the moment before the lock.
            if system::count_names(&temporary.file)? > 0 {
                temporary.file.write_all(text.as_bytes())?;
                return Ok(temporary);
            }
        }
    }

    /// Another name of a file, next to it.
    pub(super) fn link(folder: &Dir, target: &OsStr, number: u64, file: &File) -> io::Result<Self> {
        let name = name_of(target, number, Kind::Old);
        folder.hard_link(target, folder, &name)?;
        Ok(Self { folder: folder.try_clone()?, name, file: file.try_clone()?, is_kept: false })
    }

    /// Leaves the file where it is.
    pub(super) fn keep(&mut self) {
        self.is_kept = true;
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.is_kept {
            // Should this fail, the next run removes it.
            let _ = self.folder.remove_file(&self.name);
        }
    }
}

/// A number for the temporary files of one file.
pub(super) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

fn name_of(target: &OsStr, number: u64, kind: Kind) -> OsString {
    let kind = if kind == Kind::New { "new" } else { "old" };
    let mut name = OsString::from(format!("{PREFIX}{number:016x}-{kind}-"));
    name.push(target);
    name
}

/// The kind of a temporary file, and the name of the file that it is for.
fn parse(name: &str) -> Option<(&str, Kind, &str)> {
    let (number, rest) = name.strip_prefix(PREFIX)?.split_at_checked(16)?;
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'));
    let (kind, target) = rest.strip_prefix('-')?.split_once('-')?;
    let kind = match kind {
        "new" => Kind::New,
        "old" => Kind::Old,
        _ => return None,
    };
    (is_number && !target.is_empty()).then_some((number, kind, target))
}

/// What was done about the temporary files of killed runs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Leftovers {
    /// The folders that were looked at.
    seen: BTreeSet<PathBuf>,
    /// The files that were removed.
    removed: Vec<PathBuf>,
    /// The files that a run was killed in the middle of overwriting; they have their former content again.
    restored: Vec<PathBuf>,
}

impl Leftovers {
    /// Removes temporary files of killed runs next to these files, and restores files that were partly written; true if it restored any.
    pub(crate) fn remove_beside(&mut self, files: &[PathBuf], border: &Border) -> bool {
        let before = self.restored.len();
        for path in files {
            let Ok(place) = border.locate(path) else { continue };
            let folder = place.real.parent().unwrap_or(Path::new("")).to_owned();
            if self.seen.insert(folder.clone()) {
                // A folder that cannot be read is reported later.
                let _ = in_folder(&place.folder, &folder, self);
            }
        }
        self.restored.len() > before
    }

    /// A line for each file, for people.
    pub(crate) fn notes(&self) -> String {
        let line = |path: &PathBuf, what: &str| format!("{}\n", shown(&format!("note: {}: {what}", path.display())));
        let removed =
            self.removed.iter().map(|path| line(path, "removed: an interrupted run of composefix left it behind"));
        let restored = "restored to its former content: a run of composefix was interrupted while writing it";
        self.restored.iter().map(|path| line(path, restored)).chain(removed).collect()
    }
}

fn in_folder(folder: &Dir, path: &Path, found: &mut Leftovers) -> io::Result<()> {
    let names = folder.entries()?.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    // Those of one number and of one file come after one another, the new content first.
    let names: BTreeSet<String> = names.filter(|name| parse(name).is_some()).collect();
    let mut before: Option<(&str, File)> = None;
    for name in &names {
        let Some((number, kind, target)) = parse(name) else { continue };
        let Ok(file) = system::open(folder, OsStr::new(name), false) else { continue };
        let is_dead = file.metadata()?.is_file() && system::lock(&file, false)? && system::count_names(&file)? > 0;
        if !is_dead {
            continue;
        }
        if kind == Kind::New {
            before = Some((number, file));
            continue;
        }
        if let Some((_, new)) = before.take_if(|(own, _)| *own == number)
            && restore(folder, target, new, file)?
        {
            found.restored.push(path.join(target));
        }
        folder.remove_file(name)?;
        found.removed.push(path.join(name));
    }
    drop(before);
    for name in names.iter().filter(|name| parse(name).is_some_and(|(_, kind, _)| kind == Kind::New)) {
        let is_dead = match system::open(folder, OsStr::new(name), false) {
            Ok(file) => file.metadata()?.is_file() && system::lock(&file, false)? && system::count_names(&file)? > 0,
            // A link that took the place of the file in the moment before an exchange.
            Err(_) => folder.symlink_metadata(name).is_ok_and(|metadata| metadata.is_symlink()),
        };
        if is_dead {
            folder.remove_file(name)?;
            found.removed.push(path.join(name));
        }
    }
    Ok(())
}

/// Restores a file if a run was killed while overwriting it: the file then begins with the new content and continues with the former one.
fn restore(folder: &Dir, target: &str, new: File, old: File) -> io::Result<bool> {
    let Ok(file) = system::open(folder, OsStr::new(target), true) else { return Ok(false) };
    if !file.metadata()?.is_file() || !system::lock(&file, false)? {
        return Ok(false);
    }
    let (is, new, old) = (bytes_of(&file)?, bytes_of(&new)?, bytes_of(&old)?);
    let is_torn =
        is != new && is != old && (begins_and_goes_on(&is, &new, &old) || begins_and_goes_on(&is, &old, &new));
    if is_torn {
        overwrite(&file, &old)?;
    }
    Ok(is_torn)
}

/// Whether a file begins with one content and goes on with the other, as after a write that ended early.
fn begins_and_goes_on(is: &[u8], one: &[u8], other: &[u8]) -> bool {
    fn rest(bytes: &[u8], at: usize) -> &[u8] {
        bytes.get(at..).unwrap_or_default()
    }
    let alike = is.iter().zip(one).take_while(|(own, its)| own == its).count();
    (0..=alike).rev().any(|at| rest(is, at) == rest(other, at))
}

/// All bytes of a file, from its start.
pub(super) fn bytes_of(mut file: &File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What the file already occupies is written first, so that a full disk is met before anything is cut off.
pub(super) fn overwrite(mut file: &File, bytes: &[u8]) -> io::Result<()> {
    file.rewind()?;
    file.write_all(bytes)?;
    file.set_len(bytes.len() as u64)?;
    file.sync_all()
}
