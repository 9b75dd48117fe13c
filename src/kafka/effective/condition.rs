//! The conditions of a script's steps.

use serde::{Deserialize, Deserializer, de};

use super::environment::{Environment, Truth};
use super::value::{Unknown, UnknownReason, Value};

/// What must hold for a step, as data: `KAFKA_PROCESS_ROLES is controller and KAFKA_LISTENERS unset`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Condition {
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    subject: String,
    test: Test,
    negated: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    /// `set`, `unset`: not empty, empty.
    Set,
    /// `present`: there, be it empty.
    Present,
    /// `is`, `is not`: this text, references replaced.
    Is(String),
    /// `has`, `lacks`: this text in it, references replaced.
    Has(String),
    /// `role`, `no role`: this word in a list separated by commas, semicolons and spaces.
    Role(String),
    /// `yes`, `no`: a word for yes.
    Yes,
    /// `repeats a port`: two listeners with one port.
    RepeatsPort,
    /// `mounted PATH`, `not mounted PATH`: something is mounted there.
    Mounted,
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let terms: Option<Vec<Term>> = text.split(" and ").map(Term::parse).collect();
        terms.map(|terms| Self { terms }).ok_or_else(|| de::Error::custom(format!("`{text}` is not a condition")))
    }
}

impl Term {
    fn parse(text: &str) -> Option<Self> {
        let (subject, rest) = text.trim().split_once(' ')?;
        let (subject, test, negated) = match rest {
            "set" => (subject, Test::Set, false),
            "unset" => (subject, Test::Set, true),
            "present" => (subject, Test::Present, false),
            "yes" => (subject, Test::Yes, false),
            "no" => (subject, Test::Yes, true),
            "repeats a port" => (subject, Test::RepeatsPort, false),
            path if subject == "mounted" => (path, Test::Mounted, false),
            path if subject == "not" => (path.strip_prefix("mounted ")?, Test::Mounted, true),
            _ => {
                let (operator, operand) = rest.split_once(' ')?;
                let (operator, operand, negated) = match (operator, operand.split_once(' ')) {
                    ("is", Some(("not", operand))) => ("is", operand, true),
                    ("no", Some((operator, operand))) => (operator, operand, true),
                    ("lacks", _) => ("has", operand, true),
                    _ => (operator, operand, false),
                };
                let operand = operand.to_owned();
                match operator {
                    "is" => (subject, Test::Is(operand), negated),
                    "has" => (subject, Test::Has(operand), negated),
                    "role" => (subject, Test::Role(operand), negated),
                    _ => return None,
                }
            }
        };
        Some(Self { subject: subject.to_owned(), test, negated })
    }
}

impl Condition {
    /// Whether it holds.
    pub(super) fn holds(&self, environment: &Environment, mounts: &[String]) -> Truth {
        self.terms.iter().fold(Truth::Yes, |truth, term| match truth {
            Truth::No => Truth::No,
            truth => truth.and(term.holds(environment, mounts)),
        })
    }

    /// Its variables.
    pub(super) fn variables(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().filter(|term| term.test != Test::Mounted).map(|term| term.subject.as_str())
    }
}

impl Term {
    fn holds(&self, environment: &Environment, mounts: &[String]) -> Truth {
        let truth = match &self.test {
            Test::Set => environment.is_set(&self.subject),
            Test::Present => environment.is_present(&self.subject),
            Test::Mounted => Truth::from(mounts.iter().any(|mount| covers(mount, &self.subject))),
            test => self.tested(test, environment),
        };
        if self.negated { truth.not() } else { truth }
    }

    fn tested(&self, test: &Test, environment: &Environment) -> Truth {
        let value = environment.value(&self.subject);
        let filled = |template: &str| environment.fill(template).value;
        let text = match &value {
            Value::Known(text) => text,
            Value::Unknown(unknown) => return of_shape(test, unknown),
        };
        let holds = match test {
            Test::Is(operand) => filled(operand).text().map(|operand| text == operand),
            // An empty text is in every other.
            Test::Has(operand) => filled(operand).text().map(|operand| text.contains(operand)),
            Test::Role(role) => Some(text.split([',', ';', ' ']).any(|word| word == role)),
            Test::Yes => Some(is_yes(text)),
            Test::RepeatsPort => Some(repeats_port(text)),
            Test::Set | Test::Present | Test::Mounted => None,
        };
        holds.map_or(Truth::Maybe(UnknownReason::Script), Truth::from)
    }
}

/// What is certain of a text that is known in part only: that it has something in it.
fn of_shape(test: &Test, unknown: &Unknown) -> Truth {
    match (test, &unknown.shape) {
        (Test::Has(operand), Some(shape)) if !operand.contains("${") && shape.contains(operand.as_str()) => Truth::Yes,
        _ => Truth::Maybe(unknown.reason.clone()),
    }
}

/// Whether what is mounted at `mount` holds `path`: it is it, or a folder above.
pub(super) fn covers(mount: &str, path: &str) -> bool {
    let mount = mount.trim_end_matches('/');
    path.strip_prefix(mount).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A word for yes (bitnami/containers `prebuildfs/opt/bitnami/scripts/libvalidations.sh`, `is_boolean_yes`).
fn is_yes(text: &str) -> bool {
    ["1", "yes", "true"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn repeats_port(listeners: &str) -> bool {
    let port = |listener: &str| listener.split(':').nth(2).map(str::to_owned);
    let mut ports: Vec<String> = listeners.split([',', ' ']).filter_map(port).collect();
    let count = ports.len();
    ports.sort_unstable();
    ports.dedup();
    ports.len() < count
}

#[cfg(test)]
mod tests {
    use super::super::environment::Entry;
    use super::super::value::Origin;
    use super::*;

    fn holds(condition: &str, variables: &[(&str, Value)]) -> Truth {
        #[derive(Deserialize)]
        struct File {
            when: Condition,
        }
        let file: File = toml::from_str(&format!("when = {condition:?}")).expect(condition);
        let mut environment = Environment::new("own", None);
        for (name, value) in variables {
            let origin = Origin::Variable((*name).to_owned());
            environment.set(name, Entry { value: value.clone(), origin });
        }
        file.when.holds(&environment, &["/data/config".to_owned()])
    }

    #[test]
    fn conditions_read_like_the_scripts() {
        let roles = |value: &str| ("ROLES", Value::known(value));
        for (condition, variables, expected) in [
            ("ROLES set", vec![roles("broker")], Truth::Yes),
            ("ROLES set", vec![roles("")], Truth::No),
            ("ROLES present", vec![roles("")], Truth::Yes),
            ("ROLES unset", vec![], Truth::Yes),
            ("ROLES is controller", vec![roles("controller")], Truth::Yes),
            ("ROLES is not controller", vec![roles("broker,controller")], Truth::Yes),
            ("ROLES is not controller", vec![], Truth::Yes),
            ("ROLES role controller", vec![roles("broker, controller")], Truth::Yes),
            ("ROLES no role controller", vec![roles("broker")], Truth::Yes),
            ("L has SSL://", vec![("L", Value::known("A://:1,SSL://:2"))], Truth::Yes),
            ("L lacks ${ROLES}", vec![("L", Value::known("A://:1")), roles("B")], Truth::Yes),
            ("L lacks ${ROLES}", vec![("L", Value::known("A://:1"))], Truth::No),
            ("L repeats a port", vec![("L", Value::known("A://:1,B://x:1"))], Truth::Yes),
            ("L repeats a port", vec![("L", Value::known("A://:1,B://x:2"))], Truth::No),
            ("K yes and ROLES set", vec![("K", Value::known("True")), roles("x")], Truth::Yes),
            ("K no", vec![("K", Value::known("0"))], Truth::Yes),
            ("mounted /data/config/server.properties", vec![], Truth::Yes),
            ("not mounted /data/conf", vec![], Truth::Yes),
        ] {
            assert_eq!(holds(condition, &variables), expected, "{condition} {variables:?}");
        }
    }

    #[test]
    fn what_is_not_known_decides_nothing() {
        let reason = UnknownReason::Blank("HOST".to_owned());
        let value = |shape: &str| Value::Unknown(Unknown { reason: reason.clone(), shape: Some(shape.to_owned()) });
        let maybe = Truth::Maybe(reason.clone());
        assert_eq!(holds("L set", &[("L", value("${HOST}"))]), maybe);
        assert_eq!(holds("L set", &[("L", value("A://${HOST}:1"))]), Truth::Yes);
        assert_eq!(holds("L has SSL://", &[("L", value("SSL://${HOST}:1"))]), Truth::Yes);
        assert_eq!(holds("L has SSL://", &[("L", value("A://${HOST}:1"))]), maybe);
        assert_eq!(holds("M set and L set", &[("L", value("${HOST}"))]), Truth::No);
    }
}
