//! Versions of images and of Kafka, and the versions in tags.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// A version as the numbers that it has: `3.9`, `3.9.1`. Versions compare number by number, and 3.9 is before 3.9.0.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(Vec<u32>);

impl Version {
    /// Reads numbers with dots between; `None` if there is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let numbers: Vec<u32> = text.split('.').map_while(|number| number.parse().ok()).collect();
        (!numbers.is_empty()).then_some(Self(numbers))
    }

    /// Its numbers, at least one.
    #[must_use]
    pub fn numbers(&self) -> &[u32] {
        &self.0
    }

    /// Whether its numbers begin with those of `prefix`: 3.9.1 is of 3.9.
    #[must_use]
    pub fn is_of(&self, prefix: &Self) -> bool {
        self.0.starts_with(&prefix.0)
    }

    /// The version without what a tag has after the third number: the build.
    #[must_use]
    pub fn without_build(&self) -> Self {
        Self(self.0.iter().copied().take(3).collect())
    }

    /// The first version after all those of this one: 4.0 after 3, 3.10 after 3.9.
    #[must_use]
    pub fn next(&self) -> Self {
        let mut numbers = self.0.clone();
        if let Some(last) = numbers.last_mut() {
            *last = last.saturating_add(1);
        }
        Self(numbers)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(u32::to_string).collect();
        formatter.write_str(&numbers.join("."))
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom(format!("`{text}` is not a version")))
    }
}

/// The versions that something may be of: from one (included) to another (excluded).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// The first; `None` if no version is too old.
    pub from: Option<Version>,
    /// The first that it is not; `None` if no version is too new.
    pub below: Option<Version>,
}

impl Versions {
    /// All versions that begin with these numbers: 3.9 is 3.9.0, 3.9.1 and so on.
    #[must_use]
    pub fn of(version: &Version) -> Self {
        Self { from: Some(version.clone()), below: Some(version.next()) }
    }

    /// This version and all after it.
    #[must_use]
    pub fn since(version: Version) -> Self {
        Self { from: Some(version), below: None }
    }

    /// Whether all of them are `version` or later.
    #[must_use]
    pub fn are_at_least(&self, version: &Version) -> bool {
        self.from.as_ref().is_some_and(|from| from >= version)
    }

    /// Whether all of them are before `version`.
    #[must_use]
    pub fn are_below(&self, version: &Version) -> bool {
        self.below.as_ref().is_some_and(|below| below <= version)
    }

    /// Whether there is a version in both.
    pub(super) fn meet(&self, other: &Self) -> bool {
        let is_before = |below: &Option<Version>, from: &Option<Version>| match (below, from) {
            (Some(below), Some(from)) => below <= from,
            _ => false,
        };
        !is_before(&self.below, &other.from) && !is_before(&other.below, &self.from)
    }
}

/// The tag of an image, read for a family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tag {
    /// Whatever is newest when the image is pulled: no tag, or `latest`.
    Newest,
    /// It begins with a version of the image.
    Version(Version),
    /// It shows no version: a word, an unset variable, a digest.
    Unknown,
    /// It shows no version, but the settings are for one with ZooKeeper.
    WithZooKeeper,
}

/// The place of the version in the tags of a family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum TagForm {
    /// At the beginning: `7.6.0-1-ubi8`, `v24.2.7`, with the numbers of the build after it.
    #[default]
    Leading,
    /// After the version of Scala, if it has one: `2.13-2.8.1`.
    AfterScala,
    /// After the word `kafka-`: `0.43.0-kafka-3.8.0`.
    AfterKafka,
}

impl TagForm {
    /// Reads a tag, `None` being an image without one.
    pub(super) fn read(self, tag: Option<&str>) -> Tag {
        let Some(tag) = tag else { return Tag::Newest };
        if tag == "latest" || tag.starts_with("latest-") {
            return Tag::Newest;
        }
        let text = match self {
            Self::Leading => Some(tag.strip_prefix('v').unwrap_or(tag)),
            Self::AfterScala => match tag.split_once('-') {
                Some((scala, rest)) if scala.starts_with("2.1") && rest.starts_with(|c: char| c.is_ascii_digit()) => {
                    Some(rest)
                }
                _ => Some(tag),
            },
            Self::AfterKafka => tag.split_once("kafka-").map(|(_, version)| version),
        };
        let numbers = text.map(numbers).unwrap_or_default();
        if numbers.is_empty() { Tag::Unknown } else { Tag::Version(Version(numbers)) }
    }
}

/// The numbers of a tag that begins with one: `3.4.1-debian-11-r53` is 3, 4, 1, 11, 53.
fn numbers(text: &str) -> Vec<u32> {
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return Vec::new();
    }
    let words = text.split(|c: char| !c.is_ascii_digit()).filter(|word| !word.is_empty());
    words.map_while(|word| word.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).expect(text)
    }

    #[test]
    fn a_tag_tells_the_version_of_its_image() {
        use TagForm::{AfterKafka, AfterScala, Leading};
        for (form, tag, expected) in [
            (Leading, Some("7.6.0-1-ubi8"), Tag::Version(version("7.6.0.1.8"))),
            (Leading, Some("v24.2"), Tag::Version(version("24.2"))),
            (Leading, Some("3.4.1-debian-11-r53"), Tag::Version(version("3.4.1.11.53"))),
            (Leading, Some("latest"), Tag::Newest),
            (Leading, Some("latest-ubi8"), Tag::Newest),
            (Leading, None, Tag::Newest),
            (Leading, Some("master"), Tag::Unknown),
            (Leading, Some(""), Tag::Unknown),
            (AfterScala, Some("2.13-2.8.1"), Tag::Version(version("2.8.1"))),
            (AfterScala, Some("1.1.0"), Tag::Version(version("1.1.0"))),
            (AfterKafka, Some("0.43.0-kafka-3.8.0"), Tag::Version(version("3.8.0"))),
            (AfterKafka, Some("0.43.0"), Tag::Unknown),
        ] {
            assert_eq!(form.read(tag), expected, "{tag:?}");
        }
    }

    #[test]
    fn versions_compare_number_by_number() {
        assert!(version("3.9") < version("3.9.0") && version("3.9.0") < version("3.10"));
        assert!(version("3.9.1").is_of(&version("3.9")) && !version("3.90").is_of(&version("3.9")));
        let range = Versions::of(&version("3.9"));
        assert!(range.are_at_least(&version("3.9")) && range.are_below(&version("4.0")));
        assert!(!range.are_at_least(&version("3.9.1")) && !range.are_below(&version("3.9.1")));
        assert!(range.meet(&Versions::of(&version("3.9.0"))) && range.meet(&Versions::since(version("3.9.5"))));
        assert!(!range.meet(&Versions::since(version("4"))) && !range.meet(&Versions::of(&version("3.8"))));
        assert!(Versions::default().meet(&range));
    }
}
