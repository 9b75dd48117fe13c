//! The variables of a container while its image's script runs.

use std::collections::BTreeMap;

use super::shell::joined;
use super::value::{Computation, Origin, Unknown, UnknownReason, Value};

/// A variable, or a property that is computed from one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) value: Value,
    pub(super) origin: Origin,
}

/// The result of a condition if not all variables are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    Yes,
    No,
    /// It depends on what is not known, for this reason.
    Maybe(UnknownReason),
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

impl Truth {
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, other) | (other, Self::Yes) => other,
            (maybe, _) => maybe,
        }
    }

    pub(super) fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            maybe @ Self::Maybe(_) => maybe,
        }
    }
}

/// The variables of a container.
#[derive(Clone, Debug)]
pub(super) struct Environment {
    entries: BTreeMap<String, Entry>,
    /// Why there may be other variables; `None` if there are none.
    pub(super) others: Option<UnknownReason>,
    /// The name that represents the container's own address and host name.
    pub(super) own_name: String,
}

/// The names by which a script's template refers to the container itself.
const OWN: [&str; 2] = ["HOSTNAME", "OWN_ADDRESS"];

impl Environment {
    pub(super) fn new(own_name: &str, others: Option<UnknownReason>) -> Self {
        Self { entries: BTreeMap::new(), others, own_name: own_name.to_owned() }
    }

    pub(super) fn get(&self, name: &str) -> Option<&Entry> {
        self.entries.get(name)
    }

    pub(super) fn set(&mut self, name: &str, entry: Entry) {
        self.entries.insert(name.to_owned(), entry);
    }

    /// Takes a variable away; nothing else can set it from here on.
    pub(super) fn unset(&mut self, name: &str) {
        match &self.others {
            None => drop(self.entries.remove(name)),
            // An empty text reads like an unset variable in every script but in those that copy all variables.
            Some(_) => self.set(name, Entry { value: Value::known(""), origin: Origin::Image }),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(name, entry)| (name.as_str(), entry))
    }

    /// Whether there is a variable of this name, be it empty.
    pub(super) fn is_present(&self, name: &str) -> Truth {
        match (self.get(name), &self.others) {
            (Some(Entry { value: Value::Unknown(Unknown { reason, .. }), .. }), _)
                if matches!(reason, UnknownReason::PassedThrough(_) | UnknownReason::MissingEnvFile(_)) =>
            {
                Truth::Maybe(reason.clone())
            }
            (Some(_), _) => Truth::Yes,
            (None, Some(reason)) => Truth::Maybe(reason.clone()),
            (None, None) => Truth::No,
        }
    }

    /// Whether a variable has a value that is not empty.
    pub(super) fn is_set(&self, name: &str) -> Truth {
        match (self.get(name), &self.others) {
            (Some(entry), _) => is_filled(&entry.value),
            (None, Some(reason)) => Truth::Maybe(reason.clone()),
            (None, None) => Truth::No,
        }
    }

    /// The value of a variable as a script reads it: unset is empty.
    pub(super) fn value(&self, name: &str) -> Value {
        match (self.get(name), &self.others) {
            (Some(entry), _) => entry.value.clone(),
            (None, Some(reason)) => {
                Value::Unknown(Unknown { reason: reason.clone(), shape: Some(format!("${{{name}}}")) })
            }
            (None, None) => Value::known(""),
        }
    }

    /// A text with its references `${NAME}` replaced.
    pub(super) fn fill(&self, template: &str) -> Entry {
        let mut value = Value::known("");
        let mut how = Computation::Joined;
        let mut from: Vec<String> = Vec::new();
        for piece in pieces(template) {
            let Piece::Name(name) = piece else {
                let Piece::Text(text) = piece else { continue };
                value = joined(value, Value::known(text));
                continue;
            };
            let own = OWN.contains(&name) && self.get(name).is_none();
            if own {
                how = Computation::OwnAddress;
                value = joined(value, Value::known(&self.own_name));
                continue;
            }
            if let Some(Entry { origin: Origin::Computed { how: inner @ Computation::OwnAddress, .. }, .. }) =
                self.get(name)
            {
                how = *inner;
            }
            let variables = self.get(name).map(|entry| entry.origin.variables().to_vec());
            from.extend(
                variables.unwrap_or_default().into_iter().filter(|name| !from.contains(name)).collect::<Vec<_>>(),
            );
            value = joined(value, self.value(name));
        }
        let origin =
            match template.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).and_then(|name| self.get(name)) {
                Some(copied) => copied.origin.clone(),
                None if from.is_empty() && how == Computation::Joined => Origin::Image,
                None => Origin::Computed { how, from },
            };
        Entry { value, origin }
    }
}

/// Whether a value is not empty.
pub(super) fn is_filled(value: &Value) -> Truth {
    match value {
        Value::Known(text) => Truth::from(!text.is_empty()),
        Value::Unknown(Unknown { reason, shape }) => {
            let has_text =
                shape.as_deref().is_some_and(|shape| pieces(shape).any(|piece| matches!(piece, Piece::Text(_))));
            if has_text { Truth::Yes } else { Truth::Maybe(reason.clone()) }
        }
    }
}

/// A part of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text, never empty.
    Text(&'a str),
    /// `${NAME}`
    Name(&'a str),
}

/// The variables that a template refers to.
pub(super) fn names_in(template: &str) -> impl Iterator<Item = &str> {
    pieces(template).filter_map(|piece| match piece {
        Piece::Name(name) => Some(name),
        Piece::Text(_) => None,
    })
}

/// The parts of a template, in order.
fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((name, after)) = rest.strip_prefix("${").and_then(|inside| inside.split_once('}')) {
            rest = after;
            return Some(Piece::Name(name));
        }
        let next = rest.char_indices().skip(1).map(|(at, _)| at).find(|at| rest[*at..].starts_with("${"));
        let end = next.unwrap_or(rest.len());
        let (text, after) = rest.split_at(end);
        rest = after;
        Some(Piece::Text(text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment() -> Environment {
        let mut environment = Environment::new("own", None);
        for (name, value) in [("HOST", "kafka"), ("EMPTY", "")] {
            environment.set(name, Entry { value: Value::known(value), origin: Origin::Variable(name.to_owned()) });
        }
        environment.set("PORT", Entry { value: Value::known("9092"), origin: Origin::Image });
        environment
    }

    #[test]
    fn a_template_is_filled_and_says_what_went_into_it() {
        let environment = environment();
        for (template, expected, origin) in [
            (
                "A://${HOST}:${PORT}",
                "A://kafka:9092",
                Origin::Computed { how: Computation::Joined, from: vec!["HOST".to_owned()] },
            ),
            ("A://:${PORT}", "A://:9092", Origin::Image),
            ("${HOST}", "kafka", Origin::Variable("HOST".to_owned())),
            ("A://${HOSTNAME}", "A://own", Origin::Computed { how: Computation::OwnAddress, from: Vec::new() }),
            ("x", "x", Origin::Image),
            ("", "", Origin::Image),
        ] {
            assert_eq!(environment.fill(template), Entry { value: Value::known(expected), origin }, "{template}");
        }
    }

    #[test]
    fn what_an_env_file_elsewhere_may_set_is_not_unset() {
        let mut environment = environment();
        assert_eq!(environment.is_set("OTHER"), Truth::No);
        let reason = UnknownReason::MissingEnvFile("kafka.env".to_owned());
        environment.others = Some(reason.clone());
        assert_eq!(environment.is_set("OTHER"), Truth::Maybe(reason.clone()));
        assert_eq!(environment.is_set("EMPTY"), Truth::No);
        let filled = environment.fill("A://${OTHER}:1").value;
        assert_eq!(filled, Value::Unknown(Unknown { reason, shape: Some("A://${OTHER}:1".to_owned()) }));
        assert_eq!(is_filled(&filled), Truth::Yes);
    }
}
