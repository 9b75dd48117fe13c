//! The only module that reads files: from the disk, or from memory in tests and for standard input. It also has the limits, the border and
//! the search of a directory.

mod border;
mod disk;
mod memory;
pub mod tree;
mod unread;

use std::collections::{BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

pub use border::{Border, Borders, Inside};
pub use disk::Disk;
pub use memory::Memory;
pub use unread::Unread;

use crate::text::{LineColumn, LineIndex, Newline, Span};

/// The longest file that is read as a whole, in bytes: compose files and env files that people write are a hundred times smaller.
pub const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Names a file of one [`Files`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A file that was read: its path as the user wrote it, its text, and its line starts.
#[derive(Debug)]
pub struct SourceFile {
    path: PathBuf,
    text: Arc<str>,
    lines: LineIndex,
}

impl SourceFile {
    fn new(path: PathBuf, text: Arc<str>) -> Self {
        let lines = LineIndex::new(&text);
        Self { path, text, lines }
    }

    /// The path it was read by.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The whole text, a byte order mark included.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text, shared.
    #[must_use]
    pub fn shared_text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    /// Where its lines begin.
    #[must_use]
    pub fn lines(&self) -> &LineIndex {
        &self.lines
    }

    /// Line and column of a byte offset.
    #[must_use]
    pub fn line_column(&self, offset: usize) -> LineColumn {
        self.lines.line_column(&self.text, offset)
    }

    /// The text of a span, which must lie inside the file.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        &self.text[span.range()]
    }

    /// `path:line:column` of a byte offset, as compilers print it.
    #[must_use]
    pub fn place(&self, offset: usize) -> String {
        format!("{}:{}", self.path.display(), self.line_column(offset))
    }
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The error of the operating system.
    #[error("{}: {}", path.display(), describe(error))]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A folder, a pipe, a device: reading it may have no end.
    #[error("{}: not a regular file", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// A file that is too large to be written by hand.
    #[error("{}: the file is larger than {}, the limit of composefix", path.display(), unread::size(*limit))]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The most that is read, in bytes.
        limit: u64,
    },
    /// A file that the project has no business with: a link or a `..` leads out of the repository.
    #[error("{}: {}; composefix reads and writes nothing outside of {border}", path.display(), leads_to(path, real))]
    Outside {
        /// The path.
        path: PathBuf,
        /// Where it leads to.
        real: PathBuf,
        /// What it leads out of, for people.
        border: String,
    },
    /// Compose reads UTF-16, but an edit could not keep such a file as it is.
    #[error("{}: the file is UTF-16; save it as UTF-8 and run composefix again", path.display())]
    Utf16 {
        /// The file.
        path: PathBuf,
    },
    /// A zero byte, which no text has.
    #[error("{}:{place}: this is a binary file; pass the path of a compose file", path.display())]
    Binary {
        /// The file.
        path: PathBuf,
        /// Where the zero byte is.
        place: LineColumn,
    },
    /// Bytes that are not UTF-8.
    #[error("{}:{place}: the file is not UTF-8; save it as UTF-8 and run composefix again", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// Where the first wrong byte is.
        place: LineColumn,
    },
}

impl ReadError {
    /// Whether the file does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Io { error, .. } if error.kind() == io::ErrorKind::NotFound)
    }
}

/// Where a path leads to, if it goes through a link.
fn leads_to(path: &Path, real: &Path) -> String {
    match path == real {
        true => "it leads to another place".to_owned(),
        false => format!("it leads to {}", real.display()),
    }
}

fn describe(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "is a directory".to_owned(),
        _ => error.to_string(),
    }
}

/// A source of bytes.
pub trait Reader: std::fmt::Debug + Send + Sync {
    /// The bytes of a regular file that has no more than `limit`.
    ///
    /// # Errors
    /// [`ReadError::Io`] with the error of the file system, [`ReadError::NotAFile`] or [`ReadError::TooLarge`].
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError>;

    /// Whether `path` is something that can be named as a file, through any links. Reading it shows whether it is a regular file.
    fn is_file(&self, path: &Path) -> bool;

    /// Whether `path` is a folder, by whatever links lead to it.
    fn is_folder(&self, path: &Path) -> bool;

    /// Whether there is anything at `path`, through any links.
    fn exists(&self, path: &Path) -> bool {
        self.is_file(path) || self.is_folder(path)
    }

    /// The files below a folder that `wanted` (path, whether it is a folder) lets pass, sorted. Links are not followed, and what
    /// `.gitignore` files leave out is left out.
    fn below(&self, folder: &Path, wanted: Wanted) -> Walk;

    /// Whether `path` is where this reader may read.
    fn is_inside(&self, _path: &Path) -> bool {
        true
    }

    /// How many of a folder and the folders above it are where this reader may read, from the folder itself up to the first that is not.
    fn inside(&self, _folder: &Path) -> usize {
        usize::MAX
    }
}

/// What a walk found.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// The files, sorted.
    pub paths: Vec<PathBuf>,
    /// What it left out because there was too much.
    pub unread: Vec<Unread>,
}

/// Whether a walk includes a file, or enters a folder (`true`).
pub type Wanted = fn(&Path, bool) -> bool;

/// The files of one run. Each is read at most once; cloning is cheap and shares what was read.
#[derive(Clone, Debug)]
pub struct Files {
    reader: Arc<dyn Reader>,
    files: Vec<Arc<SourceFile>>,
    by_path: HashMap<PathBuf, FileId>,
    unread: Arc<Mutex<BTreeSet<Unread>>>,
}

impl Default for Files {
    fn default() -> Self {
        Self::new(Disk)
    }
}

impl Files {
    /// No file read yet.
    #[must_use]
    pub fn new(reader: impl Reader + 'static) -> Self {
        Self { reader: Arc::new(reader), files: Vec::new(), by_path: HashMap::new(), unread: Arc::default() }
    }

    /// Reads a file, or finds it among those that were read.
    ///
    /// # Errors
    /// [`ReadError`] if it cannot be read, is not UTF-8, or no text.
    pub fn read(&mut self, path: &Path) -> Result<FileId, ReadError> {
        if let Some(&id) = self.by_path.get(path) {
            return Ok(id);
        }
        let path = without_dots(path);
        let path = path.as_path();
        let bytes = self.reader.read(path, MAX_BYTES)?;
        let text = decode(path, bytes)?;
        Ok(self.insert(path.to_owned(), text))
    }

    /// Takes `text` for the content of `path`, whatever the disk holds.
    pub fn insert(&mut self, path: PathBuf, text: impl Into<Arc<str>>) -> FileId {
        let path = without_dots(&path);
        if let Some(&id) = self.by_path.get(&path) {
            self.files[id.0 as usize] = Arc::new(SourceFile::new(path, text.into()));
            return id;
        }
        let id = FileId(u32::try_from(self.files.len()).expect("fewer than four billion files"));
        self.files.push(Arc::new(SourceFile::new(path.clone(), text.into())));
        self.by_path.insert(path, id);
        id
    }

    /// A path from the root; one that has none starts in the working directory.
    #[must_use]
    pub fn absolute(&self, path: &Path) -> PathBuf {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
    }

    /// Whether `path` can be read as a file.
    #[must_use]
    pub fn is_file(&self, path: &Path) -> bool {
        self.by_path.contains_key(path) || self.reader.is_file(path)
    }

    /// Whether `path` is a folder.
    #[must_use]
    pub fn is_folder(&self, path: &Path) -> bool {
        self.reader.is_folder(path)
    }

    /// Whether `path` is inside the border.
    #[must_use]
    pub fn is_inside(&self, path: &Path) -> bool {
        self.reader.is_inside(path)
    }

    /// Whether there is anything at `path`.
    #[must_use]
    pub fn exists(&self, path: &Path) -> bool {
        self.by_path.contains_key(path) || self.reader.exists(path)
    }

    /// How many of a folder and the folders above it are inside the border, from the folder itself up to the first that is not.
    #[must_use]
    pub fn inside(&self, folder: &Path) -> usize {
        self.reader.inside(folder)
    }

    /// The files below a folder: see [`Reader::below`].
    #[must_use]
    pub fn below(&self, folder: &Path, wanted: Wanted) -> Vec<PathBuf> {
        let walk = self.reader.below(folder, wanted);
        walk.unread.into_iter().for_each(|unread| self.leave_out(unread));
        walk.paths
    }

    /// The text of a file, which is not stored; `None` if it cannot be read, is not UTF-8, or is longer than `limit` bytes.
    #[must_use]
    pub fn peek(&self, path: &Path, limit: u64) -> Option<String> {
        match self.reader.read(path, limit) {
            Ok(bytes) => String::from_utf8(bytes).ok(),
            Err(error) => {
                if let ReadError::TooLarge { path, limit } = error {
                    self.leave_out(Unread::TooLarge { path, limit });
                }
                None
            }
        }
    }

    /// Records a part of the project that is not read; clones of these files share the record.
    pub fn leave_out(&self, unread: Unread) {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).insert(unread);
    }

    /// What was not read though it belongs to the project, sorted.
    #[must_use]
    pub fn unread(&self) -> Vec<Unread> {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// A file that was read.
    #[must_use]
    pub fn get(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// The line break of a file.
    #[must_use]
    pub fn newline(&self, id: FileId) -> Newline {
        Newline::of(self.get(id).text())
    }
}

/// Decodes the bytes of a file as text.
///
/// # Errors
/// [`ReadError`], which names `path`, if they are not UTF-8 or not text.
pub fn decode(path: &Path, bytes: Vec<u8>) -> Result<String, ReadError> {
    let path = path.to_owned();
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(ReadError::Utf16 { path });
    }
    if let Some(zero) = bytes.iter().position(|&byte| byte == 0) {
        return Err(ReadError::Binary { path, place: place_of(&bytes[..zero]) });
    }
    String::from_utf8(bytes).map_err(|error| {
        let place = place_of(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
        ReadError::NotUtf8 { path, place }
    })
}

/// The place after some bytes; invalid UTF-8 counts as characters.
fn place_of(before: &[u8]) -> LineColumn {
    let before = String::from_utf8_lossy(before);
    LineIndex::new(&before).line_column(&before, before.len())
}

/// The path without `.` components, as shown to users; a `.` at the start stays.
#[must_use]
pub fn without_dots(path: &Path) -> PathBuf {
    path.components().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_inside_a_path_is_not_shown() {
        let mut files = Files::new(Memory([("api/.env".into(), b"A=1".to_vec())].into()));
        let id = files.read(Path::new("api/./.env")).expect("it is there");
        assert_eq!(files.get(id).place(0), "api/.env:1:1");
        assert_eq!(without_dots(Path::new("./api/./.env")), Path::new("./api/.env"));
    }

    fn read(bytes: &[u8]) -> Result<String, String> {
        let mut files = Files::new(Memory([(PathBuf::from("a.yml"), bytes.to_vec())].into()));
        let id = files.read(Path::new("a.yml")).map_err(|e| e.to_string())?;
        Ok(files.get(id).text().to_owned())
    }

    #[test]
    fn a_byte_order_mark_is_kept() {
        assert_eq!(read(b"\xef\xbb\xbfa: 1\n"), Ok("\u{feff}a: 1\n".to_owned()));
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_place() {
        assert_eq!(
            read(b"a: 1\nb: \xff\n"),
            Err("a.yml:2:4: the file is not UTF-8; save it as UTF-8 and run composefix again".to_owned())
        );
        assert_eq!(
            read(b"\x7fELF\n\xc2\0"),
            Err("a.yml:2:2: this is a binary file; pass the path of a compose file".to_owned())
        );
        assert_eq!(
            read(b"\xff\xfea\0"),
            Err("a.yml: the file is UTF-16; save it as UTF-8 and run composefix again".to_owned())
        );
    }

    #[test]
    fn a_missing_file_is_named() {
        let error = Files::new(Memory::default()).read(Path::new("no/such.yml")).expect_err("there is none");
        assert!(error.is_not_found());
        assert_eq!(error.to_string(), "no/such.yml: no such file");
    }
}
