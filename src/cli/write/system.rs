//! What the writer asks of the operating system, through the handles of folders and files.

pub(super) use own::*;

#[cfg(unix)]
mod own {
    use std::collections::BTreeMap;
    use std::ffi::{CString, OsStr};
    use std::fs::File;
    use std::io;
    use std::time::{Duration, Instant};

    use cap_std::fs::Dir;
    use rustix::fs::{self, AtFlags, FileType, FlockOperation, Gid, Mode, OFlags, Uid};
    use rustix::io::Errno;

    /// Device and inode.
    pub(in crate::cli::write) type Identity = (u64, u64);

    /// What a rename would lose: owner, group, permissions, extended attributes (access control lists are among them).
    #[derive(Debug, PartialEq, Eq)]
    pub(in crate::cli::write) struct Attributes {
        owner: (u32, u32),
        mode: u32,
        extended: BTreeMap<CString, Vec<u8>>,
    }

    /// How long to wait for another run that writes the file.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// Opens the file that a folder has under this name: no link is followed, and a pipe does not block.
    pub(in crate::cli::write) fn open(folder: &Dir, name: &OsStr, writes: bool) -> io::Result<File> {
        let access = if writes { OFlags::RDWR } else { OFlags::RDONLY };
        let flags = access | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        Ok(fs::openat(folder, name, flags, Mode::empty())?.into())
    }

    /// Makes a file that only its owner may read; an error if there is one.
    pub(in crate::cli::write) fn create(folder: &Dir, name: &OsStr) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(fs::openat(folder, name, flags, Mode::RUSR | Mode::WUSR)?.into())
    }

    /// Locks a file against other runs of composefix; false if another one holds it. Where the file system has no locks, nothing is locked.
    pub(in crate::cli::write) fn lock(file: &File, waits: bool) -> io::Result<bool> {
        let start = Instant::now();
        loop {
            match fs::flock(file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(true),
                Err(Errno::WOULDBLOCK) if waits && start.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Err(Errno::WOULDBLOCK) => return Ok(false),
                Err(Errno::NOLCK | Errno::NOTSUP | Errno::NOSYS | Errno::INVAL) => return Ok(waits),
                Err(error) => return Err(error.into()),
            }
        }
    }

    pub(in crate::cli::write) fn identity(file: &File) -> io::Result<Identity> {
        let stat = fs::fstat(file)?;
        Ok((stat.st_dev, stat.st_ino))
    }

    /// The identity of a file in a folder; `None` if it is not a regular file.
    pub(in crate::cli::write) fn identity_of(folder: &Dir, name: &OsStr) -> io::Result<Option<Identity>> {
        match fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) if FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile => {
                Ok(Some((stat.st_dev, stat.st_ino)))
            }
            Ok(_) | Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// How many names a file has.
    pub(in crate::cli::write) fn count_names(file: &File) -> io::Result<u64> {
        Ok(std::os::unix::fs::MetadataExt::nlink(&file.metadata()?))
    }

    pub(in crate::cli::write) fn attributes(file: &File) -> io::Result<Attributes> {
        let stat = fs::fstat(file)?;
        Ok(Attributes { owner: (stat.st_uid, stat.st_gid), mode: stat.st_mode, extended: extended(file)? })
    }

    /// Gives a file these attributes; false if the system does not allow all of them.
    pub(in crate::cli::write) fn make_alike(file: &File, wanted: &Attributes) -> io::Result<bool> {
        // Whatever is refused shows in the comparison. The owner comes first: a change of it clears setuid and setgid (chown(2)).
        let (owner, group) = wanted.owner;
        let _ = fs::fchown(file, Some(Uid::from_raw(owner)), Some(Gid::from_raw(group)));
        for name in extended(file)?.keys().filter(|name| !wanted.extended.contains_key(*name)) {
            // From the default list of the folder.
            let _ = fs::fremovexattr(file, name.as_c_str());
        }
        for (name, value) in &wanted.extended {
            let _ = fs::fsetxattr(file, name.as_c_str(), value, fs::XattrFlags::empty());
        }
        let _ = fs::fchmod(file, Mode::from_raw_mode(wanted.mode));
        Ok(attributes(file)? == *wanted)
    }

    fn extended(file: &File) -> io::Result<BTreeMap<CString, Vec<u8>>> {
        let names = match read_all(|buffer| fs::flistxattr(file, buffer)) {
            Err(Errno::NOTSUP | Errno::NOSYS) => return Ok(BTreeMap::new()),
            names => names?,
        };
        let mut extended = BTreeMap::new();
        for name in names.split(|&byte| byte == 0).filter(|name| !name.is_empty()) {
            let name = CString::new(name)?;
            match read_all(|buffer| fs::fgetxattr(file, name.as_c_str(), buffer)) {
                Ok(value) => extended.insert(name, value),
                Err(Errno::NODATA) => None,
                Err(error) => return Err(error.into()),
            };
        }
        Ok(extended)
    }

    /// Calls with a larger buffer until it is large enough. 64 KiB is the most that Linux has (XATTR_SIZE_MAX).
    fn read_all(mut call: impl FnMut(&mut [u8]) -> rustix::io::Result<usize>) -> rustix::io::Result<Vec<u8>> {
        let mut buffer = vec![0; 256];
        loop {
            match call(&mut buffer) {
                Err(Errno::RANGE) if buffer.len() < 1 << 20 => buffer.resize(buffer.len() * 8, 0),
                result => {
                    buffer.truncate(result?);
                    return Ok(buffer);
                }
            }
        }
    }

    /// Has two names of a folder change their files, in one step.
    pub(in crate::cli::write) fn exchange(folder: &Dir, one: &OsStr, other: &OsStr) -> io::Result<()> {
        #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
        return Ok(fs::renameat_with(folder, one, folder, other, fs::RenameFlags::EXCHANGE)?);
        #[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Whether an error of [`exchange`] means that this system or file system does not support it.
    pub(in crate::cli::write) fn cannot_exchange(error: &io::Error) -> bool {
        let errno = Errno::from_io_error(error);
        error.kind() == io::ErrorKind::Unsupported || matches!(errno, Some(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP))
    }
}

#[cfg(not(unix))]
mod own {
    use std::ffi::OsStr;
    use std::fs::File;
    use std::io;

    use cap_std::fs::{Dir, OpenOptions};

    /// Files have no identity here, so two files are never considered the same.
    pub(in crate::cli::write) type Identity = ();
    pub(in crate::cli::write) type Attributes = std::fs::Permissions;

    pub(in crate::cli::write) fn open(folder: &Dir, name: &OsStr, writes: bool) -> io::Result<File> {
        folder.open_with(name, OpenOptions::new().read(true).write(writes)).map(cap_std::fs::File::into_std)
    }

    pub(in crate::cli::write) fn create(folder: &Dir, name: &OsStr) -> io::Result<File> {
        let mut options = OpenOptions::new();
        folder.open_with(name, options.read(true).write(true).create_new(true)).map(cap_std::fs::File::into_std)
    }

    pub(in crate::cli::write) fn lock(_: &File, waits: bool) -> io::Result<bool> {
        Ok(waits)
    }

    pub(in crate::cli::write) fn identity(_: &File) -> io::Result<Identity> {
        Ok(())
    }

    pub(in crate::cli::write) fn identity_of(folder: &Dir, name: &OsStr) -> io::Result<Option<Identity>> {
        Ok(folder.symlink_metadata(name)?.is_file().then_some(()))
    }

    pub(in crate::cli::write) fn count_names(_: &File) -> io::Result<u64> {
        Ok(1)
    }

    pub(in crate::cli::write) fn attributes(file: &File) -> io::Result<Attributes> {
        Ok(file.metadata()?.permissions())
    }

    pub(in crate::cli::write) fn make_alike(file: &File, wanted: &Attributes) -> io::Result<bool> {
        file.set_permissions(wanted.clone())?;
        Ok(true)
    }

    pub(in crate::cli::write) fn exchange(_: &Dir, _: &OsStr, _: &OsStr) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(in crate::cli::write) fn cannot_exchange(_: &io::Error) -> bool {
        true
    }
}
