//! Two network namespaces joined by a cable, and what runs in them. Nothing of it outlives its guard.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::model::Listener;

/// The addresses lie in the two namespaces alone, so all networks can have the same.
const BROKER: &str = "10.231.7.1";
const CLIENT: &str = "10.231.7.2";

/// How long a broker may take to be ready.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where `ip netns exec` looks for the files that a namespace has in place of those in `/etc`: ip-netns(8).
const FILES: &str = "/etc/netns";

/// The network of a broker and a client.
pub struct Network {
    broker: Namespace,
    client: Namespace,
}

impl Network {
    /// Makes the network; the client knows the broker by these names, and nothing else by any.
    ///
    /// # Errors
    /// The error of `ip` or the file system.
    pub fn new(names: &BTreeSet<String>) -> Result<Self, String> {
        let network = Self { broker: Namespace::new()?, client: Namespace::new()? };
        let (broker, client) = (network.broker.0.as_str(), network.client.0.as_str());
        ip(&["link", "add", "eth0", "netns", broker, "type", "veth", "peer", "name", "eth0", "netns", client])?;
        for (namespace, address) in [(broker, BROKER), (client, CLIENT)] {
            ip(&["-n", namespace, "address", "add", &format!("{address}/24"), "dev", "eth0"])?;
            ip(&["-n", namespace, "link", "set", "eth0", "up"])?;
            ip(&["-n", namespace, "link", "set", "lo", "up"])?;
        }
        let known = names.iter().map(|name| format!("{BROKER} {name}\n"));
        let hosts: String = ["127.0.0.1 localhost\n::1 localhost\n".to_owned()].into_iter().chain(known).collect();
        network.client.file("hosts", &hosts)?;
        // No name server: a name that is not in the file is unknown at once.
        network.client.file("nsswitch.conf", "hosts: files\n")?;
        Ok(network)
    }

    /// Starts a broker for a listener, and waits until it is ready. Every listener has a process, and messages, of its own.
    ///
    /// # Errors
    /// The message of a broker that does not start.
    pub fn start_broker(&self, tansu: &Path, listener: &Listener) -> Result<Broker, String> {
        let log = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?.into_temp_path();
        let output = File::create(&log).map_err(|error| error.to_string())?;
        let errors = output.try_clone().map_err(|error| error.to_string())?;
        let process = self
            .broker
            .command(tansu)
            .args(["broker", "--storage-engine", "memory://tansu/"])
            .args(["--listener-url", &format!("tcp://{}", listener.bound)])
            .args(["--advertised-listener-url", &format!("tcp://{}", listener.advertised)])
            .stdout(output)
            .stderr(errors)
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut broker = Broker { process };
        let since = Instant::now();
        loop {
            let said = fs::read_to_string(&log).unwrap_or_default();
            let ended = broker.process.try_wait().map_err(|error| error.to_string())?;
            if said.contains("ready in") && ended.is_none() {
                return Ok(broker);
            }
            if ended.is_some() || since.elapsed() > PATIENCE {
                return Err(format!("no broker at {}: {said}", listener.bound));
            }
            sleep(Duration::from_millis(10));
        }
    }

    /// Runs a program as the client, with this environment and no other.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn run_client(
        &self,
        words: &[&str],
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Output, String> {
        let mut command = self.client.command(Path::new(words[0]));
        command.args(&words[1..]).envs(environment).output().map_err(|error| error.to_string())
    }
}

/// Whether this user may make networks here; prints why not.
pub fn is_possible() -> bool {
    Network::new(&BTreeSet::new()).inspect_err(|reason| println!("{reason}")).is_ok()
}

/// A running broker.
pub struct Broker {
    process: Child,
}

impl Drop for Broker {
    fn drop(&mut self) {
        // Either fails only if the process has ended.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
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

    /// The command in the namespace; of the environment it has what finds programs and their packages.
    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new("ip");
        let kept = ["PATH", "HOME", "PYTHONPATH", "NODE_PATH"];
        let kept = kept.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        command.args(["netns", "exec", &self.0]).arg(program).env_clear().envs(kept);
        command
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
