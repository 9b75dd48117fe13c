//! What a write must keep, and when it must not happen, on a real file system.

#![allow(clippy::print_stdout, reason = "a test that cannot run here says so")]

use std::fs;
use std::path::{Path, PathBuf};

use composefix::cli::{PlannedWrite, write_all};
use composefix::source::{Border, Borders};

const BEFORE: &str = "a: localhost\n";
const AFTER: &str = "a: kafka, which is longer\n";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).expect("the folder is ours");
        path
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).expect("the folder is there");
        let mut names: Vec<_> = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

fn plan(path: &Path) -> PlannedWrite {
    PlannedWrite { path: path.to_owned(), before: BEFORE.into(), after: AFTER.to_owned() }
}

fn write(paths: &[&Path]) -> Result<(), String> {
    let writes: Vec<_> = paths.iter().map(|path| plan(path)).collect();
    write_all(&writes, &border(paths)).map_err(|e| e.to_string())
}

/// The folders of these files, and of what links of these names lead to.
fn border(paths: &[&Path]) -> Border {
    let folder =
        |path: PathBuf| if path.is_dir() { path } else { path.parent().expect("a folder holds it").to_owned() };
    let homes = paths.iter().flat_map(|path| [Some(path.to_path_buf()), path.canonicalize().ok()]).flatten();
    Borders::default().around(&homes.map(folder).collect::<Vec<_>>(), None, &[])
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("the file is there")
}

#[test]
fn all_files_are_written_and_nothing_else_is_left() {
    let folder = Folder::new();
    let (a, b) = (folder.file("a.yml", BEFORE), folder.file("b.yml", BEFORE));
    assert_eq!(write(&[&a, &b]), Ok(()));
    assert_eq!((read(&a), read(&b)), (AFTER.to_owned(), AFTER.to_owned()));
    assert_eq!(folder.names(), ["a.yml", "b.yml"]);
}

#[test]
fn a_file_that_changed_since_it_was_read_stops_the_whole_project() {
    let folder = Folder::new();
    let (a, b) = (folder.file("a.yml", BEFORE), folder.file("b.yml", "a: somebody else\n"));
    let message = "the file changed after it was read; nothing was written, run composefix again";
    assert_eq!(write(&[&a, &b]), Err(format!("{}: {message}", b.display())));
    assert_eq!((read(&a), read(&b)), (BEFORE.to_owned(), "a: somebody else\n".to_owned()));
    assert_eq!(folder.names(), ["a.yml", "b.yml"]);
}

#[test]
fn a_file_that_is_gone_stops_the_whole_project() {
    let folder = Folder::new();
    let (a, b) = (folder.file("a.yml", BEFORE), folder.path("b.yml"));
    let error = write(&[&a, &b]).expect_err("b.yml is not there");
    assert!(error.starts_with(&format!("{}: cannot find the file: ", b.display())), "{error}");
    assert_eq!(read(&a), BEFORE);
}

#[test]
fn a_folder_is_refused() {
    let folder = Folder::new();
    let path = folder.path("");
    assert_eq!(write(&[&path]), Err(format!("{}: not a regular file; nothing was written", path.display())));
}

#[test]
fn a_file_that_the_user_may_not_write_is_not_replaced() {
    let folder = Folder::new();
    let path = folder.file("a.yml", BEFORE);
    let mut permissions = fs::metadata(&path).expect("the file is there").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).expect("the file is ours");
    // The bits do not bind everybody: root may write, and the bits stay.
    let (outcome, text) = if fs::File::options().write(true).open(&path).is_ok() {
        (Ok(()), AFTER)
    } else {
        let message = "the file is read-only; nothing was written, make it writable and run composefix again";
        (Err(format!("{}: {message}", path.display())), BEFORE)
    };
    assert_eq!(write(&[&path]), outcome);
    assert_eq!(read(&path), text);
    assert!(fs::metadata(&path).expect("the file is there").permissions().readonly());
    assert_eq!(folder.names(), ["a.yml"]);
}

#[test]
fn a_file_whose_text_stays_is_not_touched() {
    let folder = Folder::new();
    let path = folder.file("a.yml", BEFORE);
    let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    fs::File::options().write(true).open(&path).and_then(|f| f.set_modified(long_ago)).expect("the file is ours");
    write_all(&[PlannedWrite { after: BEFORE.to_owned(), ..plan(&path) }], &border(&[&path]))
        .expect("there is nothing to do");
    assert_eq!(fs::metadata(&path).and_then(|m| m.modified()).expect("the file is there"), long_ago);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};

    use super::*;

    #[test]
    fn permissions_are_kept_with_their_special_bits() {
        let folder = Folder::new();
        let path = folder.file("a.yml", BEFORE);
        for mode in [0o600, 0o644, 0o666, 0o755, 0o2664, 0o4755] {
            fs::write(&path, BEFORE).expect("the file is ours");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("the file is ours");
            assert_eq!(write(&[&path]), Ok(()));
            assert_eq!(fs::metadata(&path).expect("the file is there").mode() & 0o7777, mode);
        }
    }

    #[test]
    fn the_owner_is_kept() {
        let folder = Folder::new();
        let path = folder.file("a.yml", BEFORE);
        if chown(&path, Some(4711), Some(4712)).is_err() {
            println!("skipped: only root may give a file away");
            return;
        }
        assert_eq!(write(&[&path]), Ok(()));
        let metadata = fs::metadata(&path).expect("the file is there");
        assert_eq!((metadata.uid(), metadata.gid(), read(&path)), (4711, 4712, AFTER.to_owned()));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn access_control_lists_and_attributes_are_kept() {
        use rustix::fs::{XattrFlags, getxattr, setxattr};

        let folder = Folder::new();
        let path = folder.file("a.yml", BEFORE);
        // Version 2; user 4711 may read, the mask takes that away again from all but the owner: the group's bits of the mode are the mask.
        let entry = |tag: u16, permissions: u16, id: u32| {
            [tag.to_le_bytes().to_vec(), permissions.to_le_bytes().to_vec(), id.to_le_bytes().to_vec()].concat()
        };
        let entries = [(1, 6, u32::MAX), (2, 4, 4711), (4, 0, u32::MAX), (16, 4, u32::MAX), (32, 0, u32::MAX)];
        let acl = entries.iter().fold(vec![2, 0, 0, 0], |all, &(tag, may, id)| [all, entry(tag, may, id)].concat());
        let own = [("system.posix_acl_access", acl), ("user.origin", b"https://example.org".to_vec())];
        if own.iter().any(|(name, value)| setxattr(&path, *name, value, XattrFlags::empty()).is_err()) {
            println!("skipped: the file system has no attributes");
            return;
        }
        let mode = fs::metadata(&path).expect("the file is there").mode();
        assert_eq!(write(&[&path]), Ok(()));
        assert_eq!((read(&path), fs::metadata(&path).expect("the file is there").mode()), (AFTER.to_owned(), mode));
        for (name, value) in own {
            let mut buffer = vec![0; 256];
            let length = getxattr(&path, name, &mut buffer[..]).expect(name);
            assert_eq!(buffer[..length], value, "{name}");
        }
    }

    #[test]
    fn a_file_outside_of_the_border_is_refused() {
        let (folder, elsewhere) = (Folder::new(), Folder::new());
        let link = folder.path("a.yml");
        symlink(elsewhere.file("real.yml", BEFORE), &link).expect("the folder is ours");
        let inside = Borders::default().around(&[folder.path("")], None, &[]);
        let error = write_all(&[plan(&link)], &inside).expect_err("the link leads out").to_string();
        assert!(error.contains("writes nothing outside of") && error.ends_with("nothing was written"), "{error}");
        assert_eq!(read(&elsewhere.path("real.yml")), BEFORE);
    }

    #[test]
    fn a_symbolic_link_stays_and_its_target_is_written() {
        let (folder, elsewhere) = (Folder::new(), Folder::new());
        let target = elsewhere.file("real.yml", BEFORE);
        let link = folder.path("a.yml");
        symlink(&target, &link).expect("the folder is ours");
        assert_eq!(write(&[&link]), Ok(()));
        assert_eq!(fs::read_link(&link).expect("it is a link"), target);
        assert_eq!(read(&target), AFTER);
        assert_eq!((folder.names(), elsewhere.names()), (vec!["a.yml".to_owned()], vec!["real.yml".to_owned()]));
    }

    #[test]
    fn all_names_of_a_file_stay_names_of_one_file() {
        let folder = Folder::new();
        let (path, other) = (folder.file("a.yml", BEFORE), folder.path("b.yml"));
        fs::hard_link(&path, &other).expect("the folder is ours");
        assert_eq!(write(&[&path]), Ok(()));
        assert_eq!(read(&other), AFTER);
        assert_eq!(fs::metadata(&path).expect("the file is there").nlink(), 2);
        assert_eq!(folder.names(), ["a.yml", "b.yml"]);
    }

    #[test]
    fn a_shorter_text_leaves_no_rest_of_the_longer_one() {
        let folder = Folder::new();
        let path = folder.file("a.yml", AFTER);
        fs::hard_link(&path, folder.path("b.yml")).expect("the folder is ours");
        write_all(
            &[PlannedWrite { path: path.clone(), before: AFTER.into(), after: BEFORE.to_owned() }],
            &border(&[&path]),
        )
        .expect("it can be written");
        assert_eq!(read(&path), BEFORE);
    }

    #[test]
    fn two_paths_to_one_file_must_agree() {
        let folder = Folder::new();
        let (path, link) = (folder.file("a.yml", BEFORE), folder.path("b.yml"));
        symlink(&path, &link).expect("the folder is ours");
        let other = PlannedWrite { after: "a: redpanda\n".to_owned(), ..plan(&link) };
        let error = write_all(&[plan(&path), other], &border(&[&path])).expect_err("they do not agree");
        assert_eq!(
            error.to_string(),
            format!(
                "{} and {} are the same file, but their changes differ; nothing was written, pass only one of them",
                path.display(),
                link.display()
            )
        );
        assert_eq!(read(&path), BEFORE);
        assert_eq!(write(&[&path, &link]), Ok(()));
        assert_eq!(read(&path), AFTER);
    }

    /// Runs a test of this file once more, in namespaces of its own: there only the present user has a name, and what is mounted is
    /// gone with the process. `prepare` is a line of shell that finds the paths as `$1` and `$2`; the test finds the first of them in
    /// the variable `WRITE_THIS`. `None` if the system allows no namespace.
    #[cfg(target_os = "linux")]
    fn again_in_a_namespace(test: &str, prepare: &str, paths: [&Path; 2]) -> Option<bool> {
        let run = |script: String| {
            let mut command = std::process::Command::new("unshare");
            command.args(["--user", "--map-root-user", "--mount", "sh", "-ec", &script, "sh"]).args(paths);
            command.env("WRITE_THIS", paths[0]).arg(std::env::current_exe().expect("the test runs"));
            command.output().is_ok_and(|output| output.status.success())
        };
        if !run(prepare.to_owned()) {
            println!("skipped: no namespaces and mounts are allowed here");
            return None;
        }
        Some(run(format!(r#"{prepare}; exec "$3" --exact unix::{test}"#)))
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_that_is_a_mount_point_is_overwritten() {
        if let Some(path) = std::env::var_os("WRITE_THIS") {
            return assert_eq!(write(&[Path::new(&path)]), Ok(()));
        }
        let folder = Folder::new();
        let (path, source) = (folder.file("a.yml", ""), folder.file("source.yml", BEFORE));
        let this = "a_file_that_is_a_mount_point_is_overwritten";
        let Some(passed) = again_in_a_namespace(this, r#"mount --bind "$2" "$1""#, [&path, &source]) else { return };
        assert!(passed);
        assert_eq!(read(&source), AFTER);
        assert_eq!(folder.names(), ["a.yml", "source.yml"]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_file_of_another_owner_that_all_may_write_keeps_its_owner() {
        if let Some(path) = std::env::var_os("WRITE_THIS") {
            return assert_eq!(write(&[Path::new(&path)]), Ok(()));
        }
        let folder = Folder::new();
        let path = folder.file("a.yml", BEFORE);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).expect("the file is ours");
        if chown(&path, Some(4711), Some(4712)).is_err() {
            println!("skipped: only root may give a file away");
            return;
        }
        let this = "a_file_of_another_owner_that_all_may_write_keeps_its_owner";
        let Some(passed) = again_in_a_namespace(this, "true", [&path, &path]) else { return };
        assert!(passed);
        let metadata = fs::metadata(&path).expect("the file is there");
        assert_eq!((metadata.uid(), metadata.gid(), read(&path)), (4711, 4712, AFTER.to_owned()));
        assert_eq!(folder.names(), ["a.yml"]);
    }
}
