//! A file that is ready to be written.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::Path;

use super::temporary::{Kind, Temporary, bytes_of, overwrite, random};
use super::{PlannedWrite, WriteError, system};
use crate::source::{Border, Inside, ReadError};

/// A file that is ready to be written. Its temporary files are removed when it is dropped.
pub(super) struct Staged<'a> {
    write: &'a PlannedWrite,
    identity: system::Identity,
    place: Inside,
    /// The file itself, locked.
    file: File,
    number: u64,
    /// The new content; after an exchange its name leads to the former file.
    replacement: Temporary,
    /// The former content, where no exchange keeps it.
    backup: Option<Temporary>,
    way: Way,
}

/// How a file gets its new content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// The file and the new one change their names in one step.
    Exchange,
    /// The new file is renamed over it; the backup is another name of the former one.
    Rename,
    /// It is overwritten, which takes a moment.
    InPlace,
}

impl<'a> Staged<'a> {
    /// Opens and locks a file, and writes its new content to a temporary file next to it; `None` if one of `others` is the same file with
    /// the same content.
    pub(super) fn new(write: &'a PlannedWrite, border: &Border, others: &[Self]) -> Result<Option<Self>, WriteError> {
        let path = &write.path;
        let failed = |action| move |error| WriteError::io(path, action, error);
        let (place, file) = open(path, border)?;
        let identity = system::identity(&file).map_err(failed("find the file"))?;
        match others.iter().find(|other| other.identity == identity) {
            None => {}
            Some(other) if other.write.after == write.after => return Ok(None),
            Some(other) => {
                return Err(WriteError::SameFile { path: other.write.path.clone(), other: path.clone() });
            }
        }
        if !system::lock(&file, true).map_err(failed("lock the file"))? {
            return Err(WriteError::Busy { path: path.clone() });
        }
        let number = random();
        let temporary = |kind, text: &str| Temporary::new(&place.folder, &place.name, number, kind, text);
        let replacement = temporary(Kind::New, &write.after).map_err(failed("make a temporary file in its folder"))?;
        let is_alike = system::attributes(&file)
            .and_then(|attributes| system::make_alike(&replacement.file, &attributes))
            .map_err(failed("read its owner and permissions"))?;
        // Without this, a crash of the system may leave a renamed file empty.
        replacement.file.sync_all().map_err(failed("make a temporary file in its folder"))?;
        let is_only_name = system::count_names(&file).map_err(failed("find the file"))? == 1;
        let way = if is_alike && is_only_name { Way::Exchange } else { Way::InPlace };
        let mut staged = Self { write, identity, place, file, number, replacement, backup: None, way };
        if way == Way::InPlace {
            staged.back_up()?;
        }
        Ok(Some(staged))
    }

    /// Copies the former content to a file next to it, to restore it from there.
    fn back_up(&mut self) -> Result<(), WriteError> {
        let Inside { folder, name, .. } = &self.place;
        let backup = Temporary::new(folder, name, self.number, Kind::Old, &self.write.before)
            .and_then(|backup| backup.file.sync_all().map(|()| backup));
        self.backup = Some(backup.map_err(|error| self.failed("make a temporary file in its folder", error))?);
        self.way = Way::InPlace;
        Ok(())
    }

    /// Whether the file still is the one that was opened, and holds what was read.
    pub(super) fn check(&self) -> Result<(), WriteError> {
        self.check_at(&self.place.name)
    }

    /// The same of the file that a name leads to.
    fn check_at(&self, name: &OsStr) -> Result<(), WriteError> {
        let failed = |error| self.failed("read the file again", error);
        let is_same = system::identity_of(&self.place.folder, name).map_err(failed)? == Some(self.identity);
        match is_same && bytes_of(&self.file).map_err(failed)? == self.write.before.as_bytes() {
            true => Ok(()),
            false => Err(WriteError::Changed { path: self.write.path.clone() }),
        }
    }

    /// Replaces the content of the file, unless another program has just changed it.
    ///
    /// # Errors
    /// [`WriteError`]; the file then has its former content, or that of another program.
    pub(super) fn write(&mut self) -> Result<(), WriteError> {
        if self.way == Way::Exchange {
            match system::exchange(&self.place.folder, &self.replacement.name, &self.place.name) {
                // What was exchanged lies aside now, so that it can be looked at at rest.
                Ok(()) => return self.check_at(&self.replacement.name).map_err(|cause| self.restore(cause)),
                Err(error) if system::cannot_exchange(&error) => self.way = Way::Rename,
                // A mount point.
                Err(error) if error.kind() == io::ErrorKind::ResourceBusy => self.back_up()?,
                Err(error) => return Err(self.failed("write the file", error)),
            }
        }
        if self.way == Way::Rename {
            match Temporary::link(&self.place.folder, &self.place.name, self.number, &self.file) {
                Ok(backup) => self.backup = Some(backup),
                Err(_) => self.back_up()?,
            }
        }
        self.check()?;
        if self.way == Way::Rename {
            let Inside { folder, name, .. } = &self.place;
            return folder
                .rename(&self.replacement.name, folder, name)
                .map_err(|error| self.failed("write the file", error));
        }
        overwrite(&self.file, self.write.after.as_bytes()).map_err(|error| {
            let cause = self.failed("write the file", error);
            self.restore(cause)
        })
    }

    /// Restores the former content; if that fails, or another program has changed the file, keeps the former content next to the file and
    /// reports it.
    pub(super) fn restore(&mut self, cause: WriteError) -> WriteError {
        let Inside { folder, name, .. } = &self.place;
        let result = match (self.way, &self.backup) {
            (Way::Exchange, _) => self.exchange_back(),
            (Way::Rename, Some(backup)) => {
                self.require_new(name).and_then(|()| folder.rename(&backup.name, folder, name))
            }
            (Way::InPlace, _) | (_, None) => overwrite(&self.file, self.write.before.as_bytes()),
        };
        let Err(error) = result else { return cause };
        if self.way == Way::InPlace {
            // Next to the former content, it shows the next run that the file is half written.
            self.replacement.keep();
        }
        let former = self.backup.as_mut().unwrap_or(&mut self.replacement);
        former.keep();
        let backup = self.place.real.with_file_name(&former.name);
        WriteError::NotRestored { path: self.write.path.clone(), backup, error, cause: Box::new(cause) }
    }

    fn exchange_back(&self) -> io::Result<()> {
        let Inside { folder, name, .. } = &self.place;
        let aside = &self.replacement.name;
        self.require_new(name)?;
        system::exchange(folder, aside, name)?;
        // The exchanged file must be the one that composefix wrote; otherwise exchange back, because another program wrote it.
        self.require_new(aside).or_else(|error| system::exchange(folder, aside, name).and(Err(error)))
    }

    /// Whether a name leads to the new content, as it was written.
    fn require_new(&self, name: &OsStr) -> io::Result<()> {
        let is_new = system::identity_of(&self.place.folder, name)? == Some(system::identity(&self.replacement.file)?)
            && bytes_of(&self.replacement.file)? == self.write.after.as_bytes();
        if is_new { Ok(()) } else { Err(io::Error::other("another program changed it in the meantime")) }
    }

    fn failed(&self, action: &'static str, error: io::Error) -> WriteError {
        WriteError::io(&self.write.path, action, error)
    }
}

/// Opens a file by the handle of its folder, which is inside of the border.
fn open(path: &Path, border: &Border) -> Result<(Inside, File), WriteError> {
    let place = border.locate(path).map_err(|error| match error {
        ReadError::Io { path, error } => WriteError::io(&path, "find the file", error),
        ReadError::NotAFile { path } => WriteError::NotAFile { path },
        error => WriteError::Outside(error),
    })?;
    // An exchange asks only for the right to change the folder, so the right to change the file has to be asked for.
    let file = system::open(&place.folder, &place.name, true).map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            WriteError::ReadOnly { path: path.to_owned() }
        }
        io::ErrorKind::IsADirectory => WriteError::NotAFile { path: path.to_owned() },
        _ => WriteError::io(path, "open the file for writing", error),
    })?;
    match file.metadata() {
        Ok(metadata) if metadata.is_file() => Ok((place, file)),
        Ok(_) => Err(WriteError::NotAFile { path: path.to_owned() }),
        Err(error) => Err(WriteError::io(path, "find the file", error)),
    }
}
