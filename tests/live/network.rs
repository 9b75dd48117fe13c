//! Network namespaces, one for each container, joined by a bridge. Nothing of them outlives its guard.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Where `ip netns exec` looks for the files that a namespace has in place of those in `/etc`: ip-netns(8).
const FILES: &str = "/etc/netns";

/// Namespaces that reach each other, by the names of what runs in them. No other network sees their addresses, so all have the same.
pub struct Network {
    members: BTreeMap<String, Namespace>,
    /// The bridge; its end is the end of the cables.
    _switch: Namespace,
}

impl Network {
    /// Makes the network. No member knows another by a name.
    ///
    /// # Errors
    /// The error of `ip` or the file system.
    pub fn new(names: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let switch = Namespace::new()?;
        ip(&["-n", &switch.0, "link", "add", "bridge", "type", "bridge"])?;
        ip(&["-n", &switch.0, "link", "set", "bridge", "up"])?;
        let members = names.into_iter().map(|name| Ok((name, Namespace::new()?))).collect::<Result<_, String>>()?;
        let network = Self { members, _switch: switch };
        for (place, (name, member)) in network.members.iter().enumerate() {
            let (own, cable) = (member.0.as_str(), format!("cable{place}"));
            let switch = network._switch.0.as_str();
            ip(&["-n", own, "link", "add", "eth0", "type", "veth", "peer", "name", &cable, "netns", switch])?;
            ip(&["-n", switch, "link", "set", &cable, "master", "bridge", "up"])?;
            ip(&["-n", own, "address", "add", &format!("{}/24", network.address(name)), "dev", "eth0"])?;
            ip(&["-n", own, "link", "set", "eth0", "up"])?;
            ip(&["-n", own, "link", "set", "lo", "up"])?;
            // No name server: a name that is not in the file is unknown at once.
            member.file("nsswitch.conf", "hosts: files\n")?;
            network.introduce(name, &[])?;
        }
        Ok(network)
    }

    /// The address of a member.
    pub fn address(&self, name: &str) -> String {
        let place = self.members.keys().position(|own| own == name).expect("it is a member");
        format!("10.231.7.{}", place + 1)
    }

    /// Has a member know others by these names, and nothing else by any: pairs of a name and a member.
    ///
    /// # Errors
    /// The error of the file system.
    pub fn introduce(&self, member: &str, names: &[(String, &str)]) -> Result<(), String> {
        let known = names.iter().map(|(name, other)| format!("{} {name}\n", self.address(other)));
        let hosts: String = ["127.0.0.1 localhost\n::1 localhost\n".to_owned()].into_iter().chain(known).collect();
        self.members[member].file("hosts", &hosts)
    }

    /// A command that runs as a member, which has this host name; of the environment it has what finds programs and their packages.
    pub fn command(&self, member: &str, hostname: &str, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new("ip");
        let kept = ["PATH", "HOME", "PYTHONPATH", "NODE_PATH", "JAVA_HOME"];
        let kept = kept.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        command.args(["netns", "exec", &self.members[member].0, "unshare", "--uts"]);
        command.args(["sh", "-c", "hostname \"$0\"; exec \"$@\"", hostname]).arg(program.as_ref());
        command.env_clear().envs(kept);
        command
    }
}

/// Why this user may not make networks here.
///
/// # Errors
/// The error of `ip`.
pub fn is_possible() -> Result<(), String> {
    Network::new(["one".to_owned()]).map(drop)
}

/// A network namespace, by its name.
struct Namespace(String);

impl Namespace {
    fn new() -> Result<Self, String> {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("composefix-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        ip(&["netns", "add", &name])?;
        Ok(Self(name))
    }

    fn files(&self) -> PathBuf {
        Path::new(FILES).join(&self.0)
    }

    fn file(&self, name: &str, text: &str) -> Result<(), String> {
        let write = || {
            fs::create_dir_all(self.files())?;
            fs::write(self.files().join(name), text)
        };
        write().map_err(|error| error.to_string())
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // A failure here cannot be reported. The parent folder stays: another namespace may use it.
        let _ = ip(&["netns", "delete", &self.0]);
        let _ = fs::remove_dir_all(self.files());
    }
}

fn ip(args: &[&str]) -> Result<(), String> {
    let output = Command::new("ip").args(args).output().map_err(|error| format!("ip: {error}"))?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}
