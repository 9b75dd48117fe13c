//! What a container starts: the image's script, Kafka itself, or something else.

use super::before::{self, Before};
use super::family::Family;
use crate::kafka::command::words;

/// What a container starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// The image's script.
    Script {
        /// The variables that the command sets first, with their texts for a shell.
        assigned: Vec<(String, String)>,
        /// What the command may do before.
        before: Before,
    },
    /// Kafka itself.
    Server {
        /// The properties file, as the command names it.
        file: Option<String>,
        /// What the command may do before.
        before: Before,
    },
    /// Something else.
    Other,
}

/// Kafka's own start script and its class (apache/kafka `bin/kafka-server-start.sh`).
const SERVERS: [&str; 2] = ["kafka-server-start", "kafka.Kafka"];

/// The program that an entrypoint and a command start; `None` means the image's own.
pub(super) fn start(family: &Family, entrypoint: Option<&[String]>, command: Option<&[String]>) -> Start {
    let mut all: Vec<String> = entrypoint.unwrap_or_default().to_vec();
    all.extend_from_slice(command.unwrap_or_default());
    let is_unknown = family.is_unknown();
    if all.is_empty() {
        let has_default = !family.starts.is_empty() || is_unknown;
        return if has_default {
            Start::Script { assigned: Vec::new(), before: Before::Nothing }
        } else {
            Start::Other
        };
    }
    let text = all.join(" ");
    let words = words(&all);
    let is_script = |start: &&String| words.iter().any(|word| is_program(unquoted(word), start));
    if let Some(start) = family.starts.iter().find(is_script) {
        let before = before_program(&text, start);
        let folder = start.rsplit_once('/').map(|(folder, _)| folder).filter(|folder| !folder.is_empty());
        return Start::Script { assigned: assignments(&words), before: before::done(before, folder) };
    }
    let server = words.iter().position(|word| SERVERS.iter().any(|server| word.contains(server)));
    match server {
        Some(server) => {
            let file = words[server + 1..].iter().find(|word| !word.starts_with('-'));
            let before =
                SERVERS.iter().find(|server| text.contains(*server)).map_or("", |server| before_program(&text, server));
            Start::Server { file: file.map(|word| unquoted(word).to_owned()), before: before::done(before, None) }
        }
        // The command of an unknown image does not show what it runs, but its variables must have a purpose.
        None if is_unknown => Start::Script { assigned: assignments(&words), before: Before::EditsAny },
        None => Start::Other,
    }
}

/// The text before the first word with `program` in it.
fn before_program<'a>(text: &'a str, program: &str) -> &'a str {
    let before = text.find(program).map_or("", |at| &text[..at]);
    before.trim_end_matches(|c: char| !c.is_ascii_whitespace() && !";&|(".contains(c))
}

/// Whether a word is a program, by its name or by its path.
fn is_program(word: &str, program: &str) -> bool {
    let before = word.trim_end_matches(';').strip_suffix(program);
    before.is_some_and(|before| before.is_empty() || before.ends_with('/') || program.starts_with('/'))
}

/// The `--override` arguments for Kafka's start script, in order.
pub(super) fn overrides(words: &[String]) -> Vec<(String, String)> {
    let follows = words.iter().zip(words.iter().skip(1)).filter(|(flag, _)| unquoted(flag) == "--override");
    let separate = follows.map(|(_, setting)| setting.as_str());
    let joined = words.iter().filter_map(|word| unquoted(word).strip_prefix("--override="));
    let pair = |setting: &str| {
        let (property, value) = unquoted(setting).split_once('=')?;
        Some((property.to_owned(), unquoted(value).to_owned()))
    };
    separate.chain(joined).filter_map(pair).collect()
}

/// The variables that a shell's text sets: `export X=y`, `X=y`.
fn assignments(words: &[String]) -> Vec<(String, String)> {
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let assigned = words.iter().filter_map(|word| {
        let (name, value) = unquoted(word).trim_end_matches(';').split_once('=')?;
        is_name(name).then(|| (name.to_owned(), unquoted(value).to_owned()))
    });
    assigned.collect()
}

fn unquoted(word: &str) -> &str {
    word.trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::super::family::FAMILIES;
    use super::*;

    fn started(family: &str, command: &[&str]) -> Start {
        let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        start(FAMILIES.named(family).expect(family), None, Some(&command))
    }

    #[test]
    fn a_command_leads_to_the_script_or_around_it() {
        let script = |before| Start::Script { assigned: Vec::new(), before };
        let server = |file: &str, before| Start::Server { file: Some(file.to_owned()), before };
        for (family, command, expected) in [
            ("confluent", &[][..], script(Before::Nothing)),
            ("confluent", &["/etc/confluent/docker/run"], script(Before::Nothing)),
            ("confluent", &["sh", "-c", "sleep 5 && exec /etc/confluent/docker/run"], script(Before::Nothing)),
            (
                "confluent",
                &["sh", "-c", "sed -i /x/d /etc/confluent/docker/configure; /etc/confluent/docker/run"],
                script(Before::EditsScript),
            ),
            (
                "confluent",
                &["sh", "-c", "kafka-topics --list > /dev/null; /etc/confluent/docker/run"],
                script(Before::Nothing),
            ),
            ("confluent", &["kafka-topics", "--create"], Start::Other),
            ("strimzi", &[], Start::Other),
            (
                "strimzi",
                &["sh", "-c", "bin/kafka-server-start.sh config/server.properties --override a=b"],
                server("config/server.properties", Before::Nothing),
            ),
            (
                "strimzi",
                &["sh", "-c", "echo x > c.properties && bin/kafka-server-start.sh c.properties"],
                server("c.properties", Before::EditsAny),
            ),
            ("wurstmeister", &["start-kafka.sh"], script(Before::Nothing)),
        ] {
            assert_eq!(started(family, command), expected, "{family} {command:?}");
        }
    }

    #[test]
    fn variables_of_the_command_are_seen() {
        let start = started("confluent", &["bash", "-c", "export KAFKA_BROKER_ID=7; exec /etc/confluent/docker/run"]);
        let assigned = vec![("KAFKA_BROKER_ID".to_owned(), "7".to_owned())];
        assert_eq!(start, Start::Script { assigned, before: Before::Nothing });
    }

    #[test]
    fn overrides_are_read_in_order() {
        let words = words(&["x --override a=1 --override=b=\"2\" --override a=A://:1, B://:2".to_owned()]);
        let expected = [("a", "1"), ("a", "A://:1,B://:2"), ("b", "2")];
        let expected: Vec<_> = expected.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        assert_eq!(overrides(&words), expected);
    }
}
