//! Why the test of a broker's health check cannot pass, whatever the broker does.

use crate::compose::HealthcheckTest;
use crate::kafka::address::is_loopback;
use crate::kafka::broker::Broker;
use crate::kafka::catalog::CATALOG;
use crate::kafka::command::words;
use crate::kafka::peer;
use crate::kafka::property::{Given, ZOOKEEPER_CONNECT};
use crate::rules::support::readiness::{image_with_tools, is_refused, opens_port};
use crate::text::excerpt;

/// Why a test always fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProbeFault {
    /// `["CMD", "a line of words"]`: no program has that name.
    LineAsProgram(String),
    /// `CMD-SHELL a line` as one string: the shell looks for a program `CMD-SHELL`.
    PrefixAsProgram(String),
    /// `["CMD-SHELL", "program", "word", …]`: only the program is run, and it fails without its words.
    LostWords(String),
    /// `["CMD", "sh", "-c", "unset", "JMX_PORT", …]`: the shell runs this word alone, which always succeeds.
    OneWord(String),
    /// `["CMD", "sh", "-c", "kafka-topics", "--list", …]`: the shell runs this program alone, and it fails without its words.
    BareProgram(String),
    /// `… || exit 0`: every failure counts as a success.
    Excused(&'static str),
    /// The image has no such command, or not on its path.
    AbsentCommand(String),
    /// The broker does not listen there.
    NotBound(String),
    /// Kafka's script would open the JMX port that the broker holds.
    JmxPort(String),
}

impl std::fmt::Display for ProbeFault {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::LineAsProgram(line) => {
                write!(formatter, "`CMD` reads all of `{}` as the name of one program", excerpt(line, 50))
            }
            Self::PrefixAsProgram(prefix) => {
                write!(formatter, "a test that is a string runs in a shell, where `{prefix}` is not a program")
            }
            Self::LostWords(program) => {
                write!(formatter, "`CMD-SHELL` runs only its first item, so `{program}` runs without its arguments")
            }
            Self::OneWord(word) => {
                write!(formatter, "`-c` uses only the next item as the command, so the shell runs only `{word}`")
            }
            Self::BareProgram(program) => {
                write!(
                    formatter,
                    "`-c` uses only the next item as the command, so `{program}` runs without its arguments"
                )
            }
            Self::Excused(end) => write!(formatter, "with `{end}` at its end, every failure counts as a success"),
            Self::AbsentCommand(command) => {
                write!(formatter, "its image has no command `{command}`")
            }
            Self::NotBound(address) => write!(formatter, "the broker does not listen on `{address}`"),
            Self::JmxPort(command) => {
                write!(formatter, "`{command}` tries to open the JMX port that the broker already uses")
            }
        }
    }
}

/// Programs of health checks that fail if they get no argument.
const NEED_ARGUMENTS: [&str; 5] = ["nc", "curl", "wget", "cub", "kcat"];

/// Words of the shell that succeed without arguments.
const ALWAYS_PASS: [&str; 6] = ["unset", "export", "echo", "true", "set", ":"];

/// The agent that surely opens a port (prometheus/jmx_exporter).
const JMX_EXPORTER: &str = "jmx_prometheus_javaagent";

/// Ends of a line that make it succeed, whatever comes before.
const EXCUSES: [&str; 5] = ["|| exit 0", "|| true", "|| :", "; exit 0", "; true"];

impl ProbeFault {
    /// Whether the test always passes, and does not always fail.
    #[must_use]
    pub const fn passes(&self) -> bool {
        matches!(self, Self::OneWord(_) | Self::Excused(_))
    }

    /// What a test without this fault does.
    #[must_use]
    pub const fn remedy(&self) -> &'static str {
        match self {
            Self::OneWord(_) | Self::Excused(_) => "fails if the broker does not answer",
            Self::NotBound(_) => "connects to a listener of the broker",
            Self::AbsentCommand(_) => "the image can run",
            Self::LineAsProgram(_)
            | Self::PrefixAsProgram(_)
            | Self::LostWords(_)
            | Self::BareProgram(_)
            | Self::JmxPort(_) => "works in this image",
        }
    }
}

/// Why a broker's health check in the file cannot pass; `None` if it can, or if that is unknown.
#[must_use]
pub fn fault(broker: &Broker) -> Option<ProbeFault> {
    fault_in(broker, &broker.service.healthcheck.as_ref()?.test)
}

/// Why a test would not pass as the health check of a broker.
#[must_use]
pub fn fault_in(broker: &Broker, test: &HealthcheckTest) -> Option<ProbeFault> {
    let line = match test {
        HealthcheckTest::Inherited | HealthcheckTest::Disabled => return None,
        HealthcheckTest::Command(items) => match items.as_slice() {
            [] => return None,
            [line, ..] if line.trim().contains(char::is_whitespace) => {
                return Some(ProbeFault::LineAsProgram(line.clone()));
            }
            [shell, flag, word, _, ..] if is_shell(shell) && flag == "-c" && ALWAYS_PASS.contains(&word.as_str()) => {
                return Some(ProbeFault::OneWord(word.clone()));
            }
            [shell, flag, program, _, ..] if is_shell(shell) && flag == "-c" && needs_arguments(program) => {
                return Some(ProbeFault::BareProgram(program.clone()));
            }
            [shell, flag, line, ..] if is_shell(shell) && flag.starts_with('-') => line.clone(),
            items => items.join(" "),
        },
        HealthcheckTest::Shell(items) => match items.as_slice() {
            [] => return None,
            [program, _, ..] if needs_arguments(program) => return Some(ProbeFault::LostWords(program.clone())),
            [line, ..] => line.clone(),
        },
    };
    let first = line.split_whitespace().next()?;
    if matches!(first, "CMD" | "CMD-SHELL") {
        return Some(ProbeFault::PrefixAsProgram(first.to_owned()));
    }
    let end = line.trim().trim_end_matches(';').trim();
    if let Some(excuse) = EXCUSES.into_iter().find(|excuse| end.ends_with(excuse)) {
        return Some(ProbeFault::Excused(excuse));
    }
    commands(&line)?.iter().find_map(|command| fault_of(broker, command))
}

fn is_shell(program: &str) -> bool {
    matches!(base_name(program), "sh" | "bash")
}

fn needs_arguments(program: &str) -> bool {
    NEED_ARGUMENTS.contains(&base_name(program)) || is_script_of_kafka(program)
}

fn is_script_of_kafka(program: &str) -> bool {
    base_name(program).starts_with("kafka-") && !program.contains(char::is_whitespace)
}

fn base_name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// The commands of a line that must all succeed, each as its words; `None` if the rest of the line may handle a failure.
fn commands(line: &str) -> Option<Vec<Vec<String>>> {
    let ends = ["|| exit 1", "|| exit", "|| false", "|| exit 2"];
    let line = ends.iter().find_map(|end| line.trim().trim_end_matches(';').trim().strip_suffix(end)).unwrap_or(line);
    if line.contains("||") || line.contains([';', '\n', '`', '(', '!']) || line.contains("$(") {
        return None;
    }
    let mut commands = Vec::new();
    for part in line.split("&&") {
        let mut piped = part.split('|').peekable();
        let first = piped.next()?;
        // What reads nothing may find nothing and be content.
        let may_be_content = piped.any(|reader| {
            let mut words = reader.split_whitespace();
            words.next() != Some("grep") || words.any(|word| word.starts_with("-") && word.contains(['v', 'c']))
        });
        if may_be_content {
            continue;
        }
        let words = words(&[first.to_owned()]);
        // Not the settings before a command, nor what only starts it.
        let is_before = |word: &&String| word.contains('=') && !word.starts_with('-') || word.as_str() == "exec";
        commands.push(words.iter().skip_while(is_before).cloned().collect());
    }
    Some(commands)
}

/// Whether a host is that of the broker's ZooKeeper.
fn is_zookeeper(broker: &Broker, host: &str) -> bool {
    let Given::Set(servers) = broker.config.given(ZOOKEEPER_CONNECT) else { return false };
    let is_own = broker.service.is_known_as(host) || is_loopback(host);
    !is_own && servers.split(',').any(|server| peer::host(server.trim()) == host)
}

fn fault_of(broker: &Broker, command: &[String]) -> Option<ProbeFault> {
    let program = command.first()?;
    let image = image_with_tools(broker);
    let family = &broker.config.family().name;
    if image.is_some_and(|image| CATALOG.lacks(image, family, program)) {
        return Some(ProbeFault::AbsentCommand(program.clone()));
    }
    if is_script_of_kafka(program) {
        let test = format!("{:?}", broker.service.healthcheck.as_ref()?.test);
        if !opens_port(&broker.service, JMX_EXPORTER).is_empty()
            && !test.contains("JMX_PORT")
            && !test.contains("KAFKA_OPTS")
        {
            return Some(ProbeFault::JmxPort(program.clone()));
        }
        let address = command.iter().skip_while(|word| *word != "--bootstrap-server").nth(1)?;
        let (host, port) = address.trim_matches(['"', '\'']).rsplit_once(':')?;
        if is_zookeeper(broker, host) {
            return Some(ProbeFault::NotBound(address.clone()));
        }
        return is_refused(broker, host, port.parse().ok()?).then(|| ProbeFault::NotBound(address.clone()));
    }
    if base_name(program) == "nc"
        && let [.., host, port] = command
        && let Ok(port) = port.parse()
        && broker.listeners.bound.iter().flatten().any(|bound| bound.port == port)
    {
        return is_refused(broker, host, port).then(|| ProbeFault::NotBound(format!("{host}:{port}")));
    }
    None
}
