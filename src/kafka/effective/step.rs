//! The steps of an image's script, as data.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::condition::Condition;
use super::environment::names_in;
use super::spelling::Spelling;

/// One step of a script: each changes the variables or the properties, or refuses to start. Texts may refer to variables, `${NAME}`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Step {
    Include(Include),
    Default(Default),
    Assign(Assign),
    Alias(Alias),
    Unset(Unset),
    Require(Require),
    Refuse(Refuse),
    BindEverywhere(BindEverywhere),
    Run(Run),
    Replace(Replace),
    ReadFile(ReadFile),
    File(File),
    Property(Property),
    Variables(Variables),
    Remove(Remove),
    Fallback(Fallback),
    Computed(Computed),
    FirstVoter(FirstVoter),
    PublishedPort(PublishedPort),
}

/// The steps of this name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Include {
    pub(super) include: String,
    #[serde(default)]
    pub(super) when: Condition,
}

/// A variable that is unset or empty gets this value.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Default {
    pub(super) default: String,
    pub(super) value: String,
    #[serde(default)]
    pub(super) when: Condition,
}

/// A variable gets this value, whatever it was.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Assign {
    pub(super) assign: String,
    pub(super) value: String,
    #[serde(default)]
    pub(super) when: Condition,
}

/// A variable gets the value of another that is set, even if it is empty. With `names`, both are prefixes of each name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Alias {
    pub(super) alias: String,
    pub(super) of: String,
    #[serde(default)]
    pub(super) names: Vec<String>,
}

/// These variables are taken away.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unset {
    pub(super) unset: Vec<String>,
    #[serde(default)]
    pub(super) when: Condition,
}

/// The script stops if a variable is unset or empty.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Require {
    pub(super) require: String,
    pub(super) says: String,
    /// Whether an empty text will do.
    #[serde(default)]
    pub(super) even_empty: bool,
    #[serde(default)]
    pub(super) when: Condition,
}

/// The script stops for the value of a variable, or because it is set at all.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refuse {
    pub(super) refuse: String,
    pub(super) says: String,
    pub(super) when: Condition,
    /// Whether another value would do; else it must not be set.
    #[serde(default)]
    pub(super) value: bool,
}

/// A variable that is unset or empty gets the listeners of another, on every interface.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BindEverywhere {
    pub(super) bind_everywhere: String,
    pub(super) from: String,
    pub(super) form: BoundForm,
    #[serde(default)]
    pub(super) when: Condition,
}

/// How a script takes the hosts out of listeners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum BoundForm {
    /// The text between `://` and the next colon becomes 0.0.0.0.
    AnyHost,
    /// The names go, the hosts stay: `A://kafka:9092` is `kafka:9092`, which Kafka does not take.
    WithoutNames,
}

/// A variable gets what the command in another prints.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Run {
    pub(super) run: String,
    pub(super) into: String,
    #[serde(default)]
    pub(super) when: Condition,
}

/// A text in the values of all variables of a prefix becomes the value of a variable.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Replace {
    pub(super) replace: String,
    pub(super) by: String,
    pub(super) prefix: String,
    #[serde(default)]
    pub(super) when: Condition,
}

/// A variable gets what a file in the container holds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReadFile {
    pub(super) read: String,
    pub(super) file: String,
    #[serde(default)]
    pub(super) when: Condition,
}

/// The properties begin with those of a file of Kafka's distribution, or of the image.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) file: String,
    /// Properties that the script takes out: names, or prefixes that end with a dot.
    #[serde(default)]
    pub(super) without: Vec<String>,
    #[serde(default)]
    pub(super) when: Condition,
}

/// A property gets this value.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Property {
    pub(super) property: String,
    pub(super) value: String,
    #[serde(default)]
    pub(super) when: Condition,
}

/// Every variable of a prefix sets a property.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Variables {
    pub(super) variables: String,
    pub(super) spelling: Spelling,
    /// What is put before the properties' names.
    #[serde(default)]
    pub(super) to: String,
    /// Names that are left out.
    #[serde(default)]
    pub(super) except: Vec<String>,
    /// Names that are left out by their beginning.
    #[serde(default)]
    pub(super) except_prefixes: Vec<String>,
    /// Variables whose property has another name.
    #[serde(default)]
    pub(super) renamed: BTreeMap<String, String>,
    /// Whether an empty variable sets nothing.
    #[serde(default)]
    pub(super) skip_empty: bool,
    /// Words that mean an empty value.
    #[serde(default)]
    pub(super) empty_words: Vec<String>,
    /// The character that ends a value before its time where the script edits its file with `sed`; with it, `&` and a backslash.
    pub(super) sed: Option<char>,
}

/// A property is taken out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Remove {
    pub(super) remove: String,
    #[serde(default)]
    pub(super) when: Condition,
}

/// If nothing has set a property, the properties are those of a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fallback {
    pub(super) fallback: String,
}

/// The script computes properties of these prefixes in ways that are not modelled.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Computed {
    pub(super) computed: Vec<String>,
    /// Whether it is just not public what the script does.
    #[serde(default)]
    pub(super) unpublished: bool,
    #[serde(default)]
    pub(super) when: Condition,
}

/// A variable that is unset or empty gets the address of the first of the voters in another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FirstVoter {
    pub(super) first_voter: String,
    pub(super) from: String,
}

/// A variable gets the port that Docker publishes for the broker.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PublishedPort {
    pub(super) published_port: String,
    #[serde(default)]
    pub(super) when: Condition,
}

impl Step {
    /// The condition under which it is taken.
    pub(super) fn condition(&self) -> Option<&Condition> {
        match self {
            Self::Default(step) => Some(&step.when),
            Self::Assign(step) => Some(&step.when),
            Self::Unset(step) => Some(&step.when),
            Self::Require(step) => Some(&step.when),
            Self::Refuse(step) => Some(&step.when),
            Self::BindEverywhere(step) => Some(&step.when),
            Self::Run(step) => Some(&step.when),
            Self::Replace(step) => Some(&step.when),
            Self::ReadFile(step) => Some(&step.when),
            Self::File(step) => Some(&step.when),
            Self::Property(step) => Some(&step.when),
            Self::Remove(step) => Some(&step.when),
            Self::Computed(step) => Some(&step.when),
            Self::Include(step) => Some(&step.when),
            Self::PublishedPort(step) => Some(&step.when),
            Self::Alias(_) | Self::Variables(_) | Self::Fallback(_) | Self::FirstVoter(_) => None,
        }
    }

    /// The variables that it reads by their names; not those that a prefix picks.
    pub(super) fn names(&self) -> Vec<String> {
        let in_template = |template: &str| -> Vec<String> { names_in(template).map(str::to_owned).collect() };
        let mut names = match self {
            Self::Default(step) => with(&step.default, in_template(&step.value)),
            Self::Assign(step) => in_template(&step.value),
            Self::Alias(step) if step.names.is_empty() => vec![step.of.clone()],
            Self::Alias(step) => step.names.iter().map(|name| format!("{}{name}", step.of)).collect(),
            Self::Require(step) => vec![step.require.clone()],
            Self::Refuse(step) => vec![step.refuse.clone()],
            Self::BindEverywhere(step) => vec![step.bind_everywhere.clone(), step.from.clone()],
            Self::Run(step) => vec![step.run.clone()],
            Self::Replace(step) => vec![step.by.clone()],
            Self::ReadFile(step) => in_template(&step.file),
            Self::Property(step) => in_template(&step.value),
            Self::Variables(step) => step.renamed.keys().cloned().collect(),
            Self::FirstVoter(step) => vec![step.first_voter.clone(), step.from.clone()],
            Self::PublishedPort(step) => vec![step.published_port.clone()],
            Self::Include(_)
            | Self::Unset(_)
            | Self::File(_)
            | Self::Remove(_)
            | Self::Fallback(_)
            | Self::Computed(_) => Vec::new(),
        };
        names.extend(self.condition().into_iter().flat_map(|condition| condition.variables().map(str::to_owned)));
        names
    }
}

fn with(name: &str, mut names: Vec<String>) -> Vec<String> {
    names.push(name.to_owned());
    names
}

impl Variables {
    /// The property that a variable sets; `None` if it sets none.
    pub(super) fn property(&self, name: &str) -> Option<String> {
        if let Some(renamed) = self.renamed.get(name) {
            return Some(renamed.clone());
        }
        let rest = name.strip_prefix(self.variables.as_str())?;
        (!self.leaves_out(name)).then(|| format!("{}{}", self.to, self.spelling.property(rest)))
    }

    /// Whether it leaves out a variable that has the prefix: the script has another use for it.
    pub(super) fn leaves_out(&self, name: &str) -> bool {
        let is_of_prefix = || self.except_prefixes.iter().any(|prefix| name.starts_with(prefix.as_str()));
        name.starts_with(self.variables.as_str()) && (self.except.iter().any(|own| own == name) || is_of_prefix())
    }

    /// The variable that sets a property; `None` if none does.
    pub(super) fn variable(&self, property: &str) -> Option<String> {
        if let Some((name, _)) = self.renamed.iter().find(|(_, renamed)| *renamed == property) {
            return Some(name.clone());
        }
        let rest = self.spelling.variable(property.strip_prefix(self.to.as_str())?)?;
        let name = format!("{}{rest}", self.variables);
        (!self.renamed.contains_key(&name) && !self.leaves_out(&name)).then_some(name)
    }
}
