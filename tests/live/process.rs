//! A process in the background, and what it prints.

use std::fs::{self, File};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempPath;

/// How often it is looked whether something has happened.
const INTERVAL: Duration = Duration::from_millis(30);

/// A running process, which ends with its guard.
pub struct Process {
    child: Child,
    output: TempPath,
}

impl Process {
    /// Starts a command.
    ///
    /// # Errors
    /// It cannot be run.
    pub fn start(command: &mut Command) -> Result<Self, String> {
        let mut start = || {
            let output = tempfile::NamedTempFile::new()?.into_temp_path();
            let file = File::create(&output)?;
            let child = command.stdout(file.try_clone()?).stderr(file).spawn()?;
            Ok(Self { child, output })
        };
        start().map_err(|error: std::io::Error| error.to_string())
    }

    /// What it has printed.
    pub fn said(&self) -> String {
        fs::read(&self.output).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Asks it to end; returns whether it does in time.
    pub fn stops(&mut self, patience: Duration) -> bool {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        // No text is the one that it waits for.
        asked.is_ok_and(|status| status.success()) && !self.waits_for(&[], patience) && self.has_ended()
    }

    fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits until one of these texts is in what it prints; returns whether that is so, and it still runs.
    pub fn waits_for(&mut self, texts: &[&str], patience: Duration) -> bool {
        let since = Instant::now();
        loop {
            if self.has_ended() || since.elapsed() > patience {
                return false;
            }
            let said = self.said();
            if texts.iter().any(|text| said.contains(text)) {
                return true;
            }
            sleep(INTERVAL);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Either fails only if the process has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
