//! Commands that show that a service does nothing, or uses another message system.

use crate::compose::Service;

/// Whether a variable or a flag that chooses the message system chooses another: `BROKER=pulsar`, `--broker pulsar`.
pub(super) fn is_switched_away(service: &Service) -> bool {
    let is_other = |value: &str| OTHER_SYSTEMS.contains(&value.to_ascii_lowercase().as_str());
    let by_variable = service.variables().any(|variable| {
        let is_switch = SWITCHES.contains(&variable.name().to_ascii_uppercase().as_str());
        is_switch && variable.value().is_some_and(is_other)
    });
    let words = service.command_words();
    let is_flag = |word: &str| {
        let name = word.trim_start_matches('-');
        name.len() < word.len() && SWITCHES.contains(&name.to_ascii_uppercase().replace('-', "_").as_str())
    };
    by_variable || words.iter().zip(words.iter().skip(1)).any(|(flag, value)| is_flag(flag) && is_other(value))
}

/// What chooses a message system.
const SWITCHES: [&str; 4] = ["BROKER", "BROKER_TYPE", "MESSAGE_BROKER", "MESSAGING_PROVIDER"];

/// Message systems that are not Kafka.
const OTHER_SYSTEMS: [&str; 7] = ["pulsar", "rabbitmq", "nats", "mqtt", "redis", "sqs", "memory"];

/// Shells, which wait for input if they get no script.
const SHELLS: [&str; 5] = ["sh", "bash", "ash", "dash", "zsh"];

/// Whether a container only stays up, or ends at once, whatever its image is made for: `sleep infinity`, `tail -f /dev/null`, a shell.
pub(super) fn idles(service: &Service) -> bool {
    let words = service.command_words();
    let Some(first) = words.first() else { return false };
    let is_shell = SHELLS.contains(&first.rsplit('/').next().unwrap_or(first));
    let script = match words.iter().position(|word| word.starts_with('-') && word.ends_with('c')) {
        Some(flag) if is_shell => words[flag + 1..].join(" "),
        _ if is_shell => return words.iter().skip(1).all(|word| word.starts_with('-')),
        _ => words.join(" "),
    };
    let steps = || script.split(['\n', ';', '&', '|']).map(str::trim).filter(|step| !step.is_empty());
    steps().all(|step| waits(step) || is_around(step)) && steps().any(waits)
}

/// Whether a step of a script only waits, or does nothing.
fn waits(step: &str) -> bool {
    let mut words = step.split_whitespace().skip_while(|word| ["do", "exec", "then"].contains(word));
    match words.next() {
        Some("sleep") => true,
        Some("tail") => step.ends_with("/dev/null"),
        Some("true" | ":" | "cat") => words.next().is_none(),
        _ => false,
    }
}

/// Whether a step of a script is what people write around such a step.
fn is_around(step: &str) -> bool {
    ["while true", "while :", "do", "done", "wait"].contains(&step)
        || ["echo ", "trap "].iter().any(|start| step.starts_with(start))
}

/// Whether a container runs Spark's master, which hands out jobs to others and runs none itself (spark.apache.org, "Spark Standalone Mode").
pub(super) fn is_scheduler(service: &Service) -> bool {
    let words = service.command_words().join(" ");
    ["start-master.sh", "spark.deploy.master.Master"].iter().any(|start| words.contains(start))
}
