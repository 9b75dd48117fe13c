//! The border of a project: the folders outside of which nothing is read or written.
//!
//! Every file is opened through the handle of such a folder, and no link or `..` in the path leads out of it. Replacing a folder with a
//! link between a check and its use therefore has no effect.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};

use crate::source::disk::{Disk, read_regular};
use crate::source::{ReadError, Reader, Walk, Wanted};

/// The folders that a project may read and write. Cloning shares their handles.
#[derive(Clone, Debug, Default)]
pub struct Border {
    roots: Arc<[Root]>,
    /// The working directory.
    here: Arc<PathBuf>,
}

/// A folder, and all that is below it.
#[derive(Debug)]
struct Root {
    opened: Arc<Opened>,
    /// The only file in it that may be read; none for all.
    only: Option<OsString>,
    /// Whether nothing in it may be written.
    is_for_reading: bool,
}

/// The handle of a folder.
#[derive(Debug)]
struct Opened {
    /// Its path from the root of the disk, as it was named.
    named: PathBuf,
    /// The same without links.
    real: PathBuf,
    folder: Dir,
}

/// The borders of many projects. Those of a tree are around the same few folders, which are found and opened once.
#[derive(Debug)]
pub struct Borders {
    here: Arc<PathBuf>,
    /// The nearest repository around a folder. It is emptied when it is full.
    repositories: Mutex<HashMap<PathBuf, Option<PathBuf>>>,
    /// The folder that was opened last.
    last: Mutex<Option<Arc<Opened>>>,
}

/// How many folders a run remembers the repositories of.
const MAX_REMEMBERED: usize = 4096;

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

impl Default for Borders {
    fn default() -> Self {
        let here = std::path::absolute(".").unwrap_or_default();
        Self { here: Arc::new(here), repositories: Mutex::default(), last: Mutex::default() }
    }
}

impl Borders {
    /// The border of a project, from the folders in which it was named or found. Each folder represents its repository, the nearest parent
    /// folder with a `.git`. Without a repository it is `searched` if that contains the folder, else the folder itself; for reading, also
    /// the working directory around it, because source code and base files are often next to the folder of a compose file. Each of `files`,
    /// which the user named, is inside by itself. Folders and files that do not exist are skipped.
    #[must_use]
    pub fn around(&self, homes: &[PathBuf], searched: Option<&Path>, files: &[PathBuf]) -> Border {
        let mut roots: Vec<Root> = Vec::new();
        let here = self.here.as_path();
        for home in homes {
            let home = from_root(here, home);
            let searched = searched.map(|path| from_root(here, path)).filter(|searched| home.starts_with(searched));
            let known = self.repository(&home).or(searched);
            let is_around = known.is_none() && here.parent().is_some() && home.starts_with(here);
            let named = known.unwrap_or(home);
            if !roots.iter().any(|root| root.opened.named == named && !root.is_for_reading) {
                roots.extend(self.open(named).map(Root::of));
            }
            if is_around && !roots.iter().any(|root| root.opened.named == here) {
                let opened = self.open(here.to_owned());
                roots.extend(opened.map(|opened| Root { is_for_reading: true, ..Root::of(opened) }));
            }
        }
        // A folder that may be written is found before one around it that may not.
        roots.sort_by_key(|root| root.is_for_reading);
        for file in files {
            let real = from_root(here, file).canonicalize().ok();
            let parts = real.as_deref().and_then(|real| Some((real.parent()?, real.file_name()?)));
            roots.extend(parts.and_then(|(folder, name)| {
                Some(Root { only: Some(name.to_owned()), ..Root::of(self.open(folder.to_owned())?) })
            }));
        }
        Border { roots: roots.into(), here: Arc::clone(&self.here) }
    }

    /// The nearest folder with a `.git`, from a parent folder, by its path as it is written: a link does not lead into another repository.
    fn repository(&self, folder: &Path) -> Option<PathBuf> {
        let mut known = self.repositories.lock().unwrap_or_else(PoisonError::into_inner);
        let mut asked = Vec::new();
        let mut found = None;
        for folder in folder.ancestors() {
            if let Some(own) = known.get(folder) {
                found.clone_from(own);
                break;
            }
            asked.push(folder);
            if folder.join(".git").exists() {
                found = Some(folder.to_owned());
                break;
            }
        }
        if known.len() + asked.len() > MAX_REMEMBERED {
            known.clear();
        }
        known.extend(asked.into_iter().map(|folder| (folder.to_owned(), found.clone())));
        found
    }

    fn open(&self, named: PathBuf) -> Option<Arc<Opened>> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(opened) = last.as_ref().filter(|opened| opened.named == named) {
            return Some(Arc::clone(opened));
        }
        let real = named.canonicalize().ok()?;
        let folder = Dir::open_ambient_dir(&real, ambient_authority()).ok()?;
        let opened = Arc::new(Opened { named, real, folder });
        *last = Some(Arc::clone(&opened));
        Some(opened)
    }
}

impl Border {
    /// The folders, for people: `/a` or `/a, /b`.
    #[must_use]
    pub fn describe(&self) -> String {
        let whole = self.roots.iter().filter(|root| root.only.is_none() && !root.is_for_reading);
        whole.map(|root| root.opened.named.display().to_string()).collect::<Vec<_>>().join(", ")
    }

    /// A file by the handle of its folder, with all links followed, for replacing it.
    ///
    /// # Errors
    /// [`ReadError::Outside`] if the file is not inside, [`ReadError::Io`] if there is none.
    pub fn locate(&self, path: &Path) -> Result<Inside, ReadError> {
        let real = self.plain(path).canonicalize().map_err(|error| ReadError::Io { path: path.to_owned(), error })?;
        let found = self.root_of(&real).filter(|(root, _)| !root.is_for_reading);
        let (root, inside) = found.ok_or_else(|| self.outside(path, &real))?;
        let failed = |error| match is_outside(&error) {
            true => self.outside(path, &real),
            false => ReadError::Io { path: path.to_owned(), error },
        };
        let name = inside.file_name().map(OsStr::to_owned);
        let name = name.ok_or_else(|| ReadError::NotAFile { path: path.to_owned() })?;
        let folder = inside.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = root.opened.folder.open_dir(folder).map_err(failed)?;
        Ok(Inside { folder, name, real })
    }

    /// The root that a real path is below, and the rest of the path.
    fn root_of<'a>(&self, real: &'a Path) -> Option<(&Root, &'a Path)> {
        self.roots.iter().find_map(|root| Some((root, root.holds(real.strip_prefix(&root.opened.real).ok()?)?)))
    }

    /// The root that a path from the root of the disk is below as it is written, and the rest of the path.
    fn root_named_in<'a>(&self, path: &'a Path) -> Option<(&Root, &'a Path)> {
        self.roots.iter().find_map(|root| Some((root, root.holds(path.strip_prefix(&root.opened.named).ok()?)?)))
    }

    fn open(&self, path: &Path) -> Result<std::fs::File, ReadError> {
        let absolute = self.here.join(path);
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

    /// A path from the root of the disk, without `.` and `..`.
    fn plain(&self, path: &Path) -> PathBuf {
        from_root(&self.here, path)
    }

    fn outside(&self, path: &Path, real: &Path) -> ReadError {
        ReadError::Outside { path: path.to_owned(), real: real.to_owned(), border: self.describe() }
    }
}

impl Root {
    fn of(opened: Arc<Opened>) -> Self {
        Self { opened, only: None, is_for_reading: false }
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
        self.opened.folder.open_with(inside, &options).map(cap_std::fs::File::into_std)
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

    fn exists(&self, path: &Path) -> bool {
        Disk.exists(path)
    }

    fn is_inside(&self, path: &Path) -> bool {
        let path = self.plain(path);
        match self.root_named_in(&path) {
            Some((root, inside)) if inside.as_os_str().is_empty() && root.only.is_none() => return true,
            Some((root, inside)) => match root.opened.folder.metadata(inside) {
                Ok(_) => return true,
                // What does not exist cannot be read either.
                Err(error) if error.kind() == io::ErrorKind::NotFound => return true,
                // The real path decides, as in `open`.
                Err(_) => {}
            },
            None => {}
        }
        path.canonicalize().map_or(true, |real| self.root_of(&real).is_some())
    }

    fn inside(&self, folder: &Path) -> usize {
        let path = self.plain(folder);
        let below = match self.root_named_in(&path).filter(|(root, _)| root.only.is_none()) {
            // No link leads out on the way, so all between the root and the folder is inside, too.
            Some((root, inside)) if root.opened.folder.metadata(inside).is_ok() => inside.components().count() + 1,
            _ => 0,
        };
        below + path.ancestors().skip(below).take_while(|folder| self.is_inside(folder)).count()
    }

    fn below(&self, folder: &Path, wanted: Wanted) -> Walk {
        if self.is_inside(folder) { Disk.below(folder, wanted) } else { Walk::default() }
    }
}

/// Whether an error means that a path leads out of the folder of its handle. The system has no error number for that.
fn is_outside(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied && error.raw_os_error().is_none()
}

/// A path from the root of the disk, without `.` and `..`, if it is written from `here`.
fn from_root(here: &Path, path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in here.join(path).components() {
        match part {
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}
