//! The border of a project: the folders outside of which nothing is read or written.
//!
//! Every file is opened through the handle of such a folder, and no link or `..` in the path leads out of it. Replacing a folder with a
//! link between a check and its use therefore has no effect.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};

use crate::source::disk::{Disk, read_regular};
use crate::source::{ReadError, Reader, Walk, Wanted};

/// The folders that a project may read and write. Cloning shares their handles.
#[derive(Clone, Debug, Default)]
pub struct Border(Arc<[Root]>);

/// A folder, and all that is below it.
#[derive(Debug)]
struct Root {
    /// Its path from the root of the disk, as it was named.
    named: PathBuf,
    /// The same without links.
    real: PathBuf,
    folder: Dir,
    /// The only file in it that may be read; none for all.
    only: Option<OsString>,
    /// Whether nothing in it may be written.
    is_for_reading: bool,
}

/// A file inside of the border, by the folder that holds it: what the folder's path leads to later does not matter.
#[derive(Debug)]
pub struct Inside {
    /// The folder.
    pub folder: Dir,
    /// The name of the file in it.
    pub name: OsString,
    /// The path of the file without links.
    pub real: PathBuf,
}

impl Border {
    /// The border of a project, from the folders in which it was named or found. Each folder represents its repository, the nearest parent
    /// folder with a `.git`. Without a repository it is `searched` if that contains the folder, else the folder itself; for reading, also
    /// the working directory around it, because source code and base files are often next to the folder of a compose file. Each of `files`,
    /// which the user named, is inside by itself. Folders and files that do not exist are skipped.
    #[must_use]
    pub fn around(homes: &[PathBuf], searched: Option<&Path>, files: &[PathBuf]) -> Self {
        let mut roots: Vec<Root> = Vec::new();
        for home in homes {
            let home = from_root(home);
            let searched = searched.map(from_root).filter(|searched| home.starts_with(searched));
            let known = repository(&home).or(searched);
            let here = from_root(Path::new(""));
            let around = (known.is_none() && here.parent().is_some() && home.starts_with(&here)).then_some(here);
            let named = known.unwrap_or(home);
            if !roots.iter().any(|root| root.named == named && !root.is_for_reading) {
                roots.extend(Root::open(named, None));
            }
            let around = around.filter(|around| !roots.iter().any(|root| root.named == *around));
            roots.extend(around.and_then(|around| Some(Root { is_for_reading: true, ..Root::open(around, None)? })));
        }
        // A folder that may be written is found before one around it that may not.
        roots.sort_by_key(|root| root.is_for_reading);
        for file in files {
            let real = from_root(file).canonicalize().ok();
            let parts = real.as_deref().and_then(|real| Some((real.parent()?, real.file_name()?)));
            roots.extend(parts.and_then(|(folder, name)| Root::open(folder.to_owned(), Some(name.to_owned()))));
        }
        Self(roots.into())
    }

    /// The folders, for people: `/a` or `/a, /b`.
    #[must_use]
    pub fn describe(&self) -> String {
        let whole = self.0.iter().filter(|root| root.only.is_none() && !root.is_for_reading);
        whole.map(|root| root.named.display().to_string()).collect::<Vec<_>>().join(", ")
    }

    /// A file by the handle of its folder, with all links followed, for replacing it.
    ///
    /// # Errors
    /// [`ReadError::Outside`] if the file is not inside, [`ReadError::Io`] if there is none.
    pub fn locate(&self, path: &Path) -> Result<Inside, ReadError> {
        let real = from_root(path).canonicalize().map_err(|error| ReadError::Io { path: path.to_owned(), error })?;
        let found = self.root_of(&real).filter(|(root, _)| !root.is_for_reading);
        let (root, inside) = found.ok_or_else(|| self.outside(path, &real))?;
        let failed = |error| match is_outside(&error) {
            true => self.outside(path, &real),
            false => ReadError::Io { path: path.to_owned(), error },
        };
        let name = inside.file_name().map(OsStr::to_owned);
        let name = name.ok_or_else(|| ReadError::NotAFile { path: path.to_owned() })?;
        let folder = inside.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = root.folder.open_dir(folder).map_err(failed)?;
        Ok(Inside { folder, name, real })
    }

    /// The root that a real path is below, and the rest of the path.
    fn root_of<'a>(&self, real: &'a Path) -> Option<(&Root, &'a Path)> {
        self.0.iter().find_map(|root| Some((root, root.holds(real.strip_prefix(&root.real).ok()?)?)))
    }

    /// The root that a path from the root of the disk is below as it is written, and the rest of the path.
    fn root_named_in<'a>(&self, path: &'a Path) -> Option<(&Root, &'a Path)> {
        self.0.iter().find_map(|root| Some((root, root.holds(path.strip_prefix(&root.named).ok()?)?)))
    }

    fn open(&self, path: &Path) -> Result<std::fs::File, ReadError> {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let failed = |error| ReadError::Io { path: path.to_owned(), error };
        if let Some((root, inside)) = self.root_named_in(&absolute) {
            match root.open_file(inside) {
                // An absolute link, or a path that leaves the border and enters it again: the real path decides.
                Err(error) if is_outside(&error) => {}
                result => return result.map_err(failed),
            }
        }
        let real = absolute.canonicalize().map_err(failed)?;
        let (root, inside) = self.root_of(&real).ok_or_else(|| self.outside(path, &real))?;
        root.open_file(inside).map_err(|error| match is_outside(&error) {
            true => self.outside(path, &real),
            false => failed(error),
        })
    }

    fn outside(&self, path: &Path, real: &Path) -> ReadError {
        ReadError::Outside { path: path.to_owned(), real: real.to_owned(), border: self.describe() }
    }
}

impl Root {
    fn open(named: PathBuf, only: Option<OsString>) -> Option<Self> {
        let real = named.canonicalize().ok()?;
        let folder = Dir::open_ambient_dir(&real, ambient_authority()).ok()?;
        Some(Self { named, real, folder, only, is_for_reading: false })
    }

    /// A path below it, unless it is another file than the only one.
    fn holds<'a>(&self, inside: &'a Path) -> Option<&'a Path> {
        self.only.as_ref().is_none_or(|only| inside == Path::new(only)).then_some(inside)
    }

    fn open_file(&self, inside: &Path) -> io::Result<std::fs::File> {
        let inside = if inside.as_os_str().is_empty() { Path::new(".") } else { inside };
        let mut options = OpenOptions::new();
        options.read(true);
        // To open a pipe would wait for its other end.
        #[cfg(unix)]
        {
            use cap_std::fs::OpenOptionsExt as _;
            options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
        }
        self.folder.open_with(inside, &options).map(cap_std::fs::File::into_std)
    }
}

impl Reader for Border {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        read_regular(self.open(path)?, path, limit)
    }

    fn is_file(&self, path: &Path) -> bool {
        Disk.is_file(path)
    }

    fn is_folder(&self, path: &Path) -> bool {
        Disk.is_folder(path)
    }

    fn is_inside(&self, path: &Path) -> bool {
        let path = from_root(path);
        let named = self.root_named_in(&path).filter(|(_, inside)| !inside.as_os_str().is_empty());
        match named.map(|(root, inside)| root.folder.metadata(inside)) {
            Some(Ok(_)) => return true,
            // What does not exist cannot be read either.
            Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => return true,
            // The real path decides, as in `open`.
            Some(Err(_)) | None => {}
        }
        path.canonicalize().map_or(true, |real| self.root_of(&real).is_some())
    }

    fn below(&self, folder: &Path, wanted: Wanted) -> Walk {
        if self.is_inside(folder) { Disk.below(folder, wanted) } else { Walk::default() }
    }
}

/// Whether an error means that a path leads out of the folder of its handle. The system has no error number for that.
fn is_outside(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none()
}

/// The nearest folder with a `.git`, from a parent folder, by its path as it is written: a link does not lead into another repository.
fn repository(folder: &Path) -> Option<PathBuf> {
    folder.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned)
}

/// A path from the root of the disk, without `.` and `..`.
fn from_root(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut plain = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}
