//! Flags in the command of a broker.

/// The words of a command, however it is spelt: one string, one word an item, a flag and its value in one item, or a script
/// for a shell. Blanks after the commas of a list do not end its word.
pub fn words(command: &[String]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for item in command {
        let mut previous: Option<String> = None;
        for word in item.split_ascii_whitespace() {
            previous = Some(match previous {
                Some(list) if list.ends_with(',') => list + word,
                other => {
                    words.extend(other);
                    word.to_owned()
                }
            });
        }
        words.extend(previous);
    }
    words
}

/// The value of `flag`, as `--flag value` or `--flag=value`; the values of a repeated flag make one list.
pub fn flag(words: &[String], flag: &str) -> Option<String> {
    let values: Vec<&str> = values(words, flag).collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// The value of `property` in `--override property=value` for `kafka-server-start.sh`; the last one wins.
pub fn override_of(words: &[String], property: &str) -> Option<String> {
    let value_of = |setting| str::strip_prefix(setting, property)?.strip_prefix('=').map(unquoted).map(str::to_owned);
    values(words, "--override").filter_map(value_of).last()
}

fn values<'a>(words: &'a [String], flag: &'a str) -> impl Iterator<Item = &'a str> {
    words.iter().enumerate().filter_map(move |(index, word)| {
        let value = match unquoted(word).strip_prefix(flag)? {
            "" => words.get(index + 1)?,
            rest => rest.strip_prefix('=')?,
        };
        Some(unquoted(value))
    })
}

fn unquoted(word: &str) -> &str {
    word.trim_matches(['"', '\''])
}

/// The name of the variable, if `text` is only a reference to one: `$X`, `${X}`, or with a doubled dollar, as Compose escapes a dollar for
/// the container's shell.
pub fn variable_reference(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?.trim_start_matches('$');
    let name = name.strip_prefix('{').map_or(Some(name), |rest| rest.strip_suffix('}'))?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(items: &[&str]) -> Vec<String> {
        let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
        words(&items)
    }

    #[test]
    fn a_flag_is_found_in_every_spelling() {
        for items in [
            &["redpanda", "start", "--kafka-addr", "a://x:1,b://y:2"][..],
            &["redpanda start", "--kafka-addr a://x:1,b://y:2"],
            &["redpanda", "--kafka-addr=a://x:1,b://y:2"],
            &["redpanda start --kafka-addr a://x:1, b://y:2 --smp 1"],
            &["sh", "-c", "redpanda start --kafka-addr 'a://x:1,b://y:2'"],
            &["--kafka-addr", "a://x:1", "--kafka-addr=b://y:2"],
        ] {
            assert_eq!(flag(&command(items), "--kafka-addr").as_deref(), Some("a://x:1,b://y:2"), "{items:?}");
        }
        assert_eq!(flag(&command(&["--kafka-address", "a://x:1"]), "--kafka-addr"), None);
        assert_eq!(flag(&command(&["--kafka-addr"]), "--kafka-addr"), None);
    }

    #[test]
    fn the_last_override_of_a_property_wins() {
        let words = command(&[
            "sh",
            "-c",
            "start.sh --override listeners=A://:1 --override advertised.listeners=\"A://a:1\" --override listeners=B://:2",
        ]);
        assert_eq!(override_of(&words, "listeners").as_deref(), Some("B://:2"));
        assert_eq!(override_of(&words, "advertised.listeners").as_deref(), Some("A://a:1"));
        assert_eq!(override_of(&words, "zookeeper.connect"), None);
    }

    #[test]
    fn a_reference_is_a_dollar_and_a_name() {
        for text in ["$X_1", "${X_1}", "$$X_1", "$${X_1}"] {
            assert_eq!(variable_reference(text), Some("X_1"), "{text}");
        }
        for text in ["X", "$", "${X", "${X:-y}", "a$X", "$(x)"] {
            assert_eq!(variable_reference(text), None, "{text}");
        }
    }
}
