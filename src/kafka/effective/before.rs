//! What a command does before it starts the broker.

/// What a command may do before it starts what matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Before {
    /// Nothing to the configuration.
    Nothing,
    /// It may take out of the image's script what that requires, as in `sed -i /…/d /etc/confluent/docker/configure`.
    EditsScript,
    /// It may change any file.
    EditsAny,
}

/// Programs and words of a shell that change no configuration, by the beginning of their names if they end with a dash.
const HARMLESS: [&str; 55] = [
    "!",
    ":",
    "[",
    "[[",
    "awk",
    "bash",
    "break",
    "cat",
    "cd",
    "chmod",
    "chown",
    "cub",
    "curl",
    "cut",
    "date",
    "do",
    "done",
    "dub",
    "echo",
    "elif",
    "else",
    "env",
    "exec",
    "exit",
    "export",
    "fi",
    "for",
    "grep",
    "head",
    "hostname",
    "id",
    "if",
    "kafka-",
    "ls",
    "mkdir",
    "nc",
    "printf",
    "redpanda",
    "rpk",
    "sed",
    "set",
    "sh",
    "sleep",
    "tail",
    "test",
    "then",
    "time",
    "tr",
    "true",
    "ub",
    "until",
    "while",
    "zookeeper-",
    "{",
    "}",
];

/// Those that are followed by a command.
const PREFIXES: [&str; 13] =
    ["!", "{", "bash", "do", "elif", "else", "env", "exec", "if", "sh", "then", "until", "while"];

/// What a shell's text may do. `folder` is where the image's script lies.
pub(super) fn done(text: &str, folder: Option<&str>) -> Before {
    commands(text).iter().map(|command| effect(command, folder)).max().unwrap_or(Before::Nothing)
}

/// The simple commands of a shell script, including those in substitutions. Quoted text is not parsed.
fn commands(text: &str) -> Vec<String> {
    let mut commands = vec![String::new()];
    let mut quote = None;
    let mut is_argument = false;
    for c in text.chars() {
        match (quote, c) {
            (Some(own), _) if own == c => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, ';' | '&' | '|' | '\n' | '(')
                if !(c == '&' && commands.last().is_some_and(|own| own.ends_with('>'))) =>
            {
                is_argument = false;
                commands.push(String::new());
                continue;
            }
            // What follows a substitution belongs to the command around it.
            (None, ')') => is_argument = true,
            _ => {}
        }
        if let Some(command) = commands.last_mut().filter(|_| !is_argument) {
            command.push(c);
        }
    }
    commands
}

fn effect(command: &str, folder: Option<&str>) -> Before {
    let words: Vec<&str> = command.split_ascii_whitespace().collect();
    let is_assignment = |word: &str| {
        word.split_once('=').is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
    };
    let skipped = |word: &&&str| PREFIXES.contains(&name(word)) || word.starts_with('-') || is_assignment(word);
    let Some(program) = words.iter().find(|word| !skipped(word)) else { return Before::Nothing };
    let is_in_place =
        name(program) == "sed" && words.iter().any(|word| word.starts_with("-i") || *word == "--in-place");
    let is_harmless = !is_in_place
        && HARMLESS.iter().any(|own| name(program) == *own || own.ends_with('-') && name(program).starts_with(own));
    let target = match written(command) {
        Some(target) => target,
        None if is_harmless => return Before::Nothing,
        None if is_in_place => words.last().copied().unwrap_or_default(),
        None => return Before::EditsAny,
    };
    let is_script = folder.is_some_and(|folder| target.trim_matches(['"', '\'']).starts_with(folder));
    if is_script { Before::EditsScript } else { Before::EditsAny }
}

/// The file for a command's output.
fn written(command: &str) -> Option<&str> {
    let mut targets = command.match_indices('>').filter_map(|(at, _)| {
        let target = command[at + 1..].trim_start_matches('>').trim_start();
        let target = target.split_ascii_whitespace().next().unwrap_or_default();
        let is_file = !target.is_empty() && !target.starts_with('&') && !target.starts_with("/dev/");
        (is_file && !command[..at].ends_with('-')).then_some(target)
    });
    targets.next()
}

/// The name of a program without its folder.
fn name(word: &str) -> &str {
    let word = word.trim_matches(['"', '\'', '`', '$']);
    word.rsplit('/').next().unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_command_does_before_is_told_by_its_programs() {
        use Before::{EditsAny, EditsScript, Nothing};
        for (text, expected) in [
            ("", Nothing),
            ("bash -c sleep 30 && ", Nothing),
            (
                "bash -c if [ ! -f /x.jks ]; then echo \"ERROR: no /x.jks (run ./start.sh; sorry)\" && exit 1 ; else ",
                Nothing,
            ),
            ("sh -c until nc -z zookeeper 2181 >/dev/null 2>&1; do sleep 1; done; exec ", Nothing),
            ("sh -c export X=\"A://$(curl -s http://ngrok/api | grep -Po tcp):1\"; ", Nothing),
            ("sh -c X=$(curl -s http://ngrok) Y=z ", Nothing),
            ("sh -c kafka-storage.sh format -t $ID -c x.properties && ", Nothing),
            ("sh -c sed -i '/KAFKA_ZOOKEEPER_CONNECT/d' /etc/confluent/docker/configure && ", EditsScript),
            ("sh -c echo 'kafka-storage format' >> /etc/confluent/docker/ensure; ", EditsScript),
            ("sh -c sed -i s/a/b/ /etc/kafka/server.properties; ", EditsAny),
            ("sh -c echo x=y > c.properties && ", EditsAny),
            ("bash -c if [ -f /opt/update_run.sh ]; then /opt/update_run.sh && ", EditsAny),
            ("bash -c . /env.sh && ", EditsAny),
            ("bash -c cp /settings/* /opt/kafka/config && ", EditsAny),
        ] {
            assert_eq!(done(text, Some("/etc/confluent/docker")), expected, "{text}");
        }
    }
}
