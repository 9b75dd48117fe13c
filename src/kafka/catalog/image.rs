//! Image references, the patterns that pick them, and the versions in their tags.

use rustc_hash::FxHashMap;
use serde::Deserialize;

/// A reference to an image, in its parts.
///
/// Grammar: <https://github.com/distribution/reference/blob/main/reference.go>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The registry's host, if one is written: `quay.io`, `localhost:5000`.
    pub registry: Option<String>,
    /// The path in the registry as written: `redis`, `bitnami/kafka`.
    pub repository: String,
    /// The tag; `None` also where an unset variable left it empty.
    pub tag: Option<String>,
    /// The digest, `sha256:…`.
    pub digest: Option<String>,
}

impl Image {
    /// Reads the value of `image:` with variables resolved. `None` if it is not a reference, for example because the variable for the
    /// registry is unset.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest.to_owned())),
            None => (text, None),
        };
        let path_start = name.rfind('/').map_or(0, |slash| slash + 1);
        let (name, tag) = match name[path_start..].split_once(':') {
            Some((last, tag)) => (&name[..path_start + last.len()], Some(tag)),
            None => (name, None),
        };
        let (registry, repository) = match name.split_once('/') {
            Some((host, path)) if host.contains(['.', ':']) || host == "localhost" => (Some(host.to_owned()), path),
            _ => (None, name),
        };
        let is_component = |component: &str| {
            !component.is_empty()
                && component.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        repository.split('/').all(is_component).then(|| Self {
            registry,
            repository: repository.to_owned(),
            tag: tag.filter(|tag| !tag.is_empty()).map(str::to_owned),
            digest,
        })
    }

    /// Whether it is the newest image at the time of each pull.
    #[must_use]
    pub fn is_newest(&self) -> bool {
        self.digest.is_none() && self.tag.as_deref().is_none_or(|tag| tag == "latest")
    }

    /// Whether it may be of the versions from one (included) to another (excluded), as far as its tag tells: the newest is below no version, and
    /// one without a version in its tag may be any.
    pub(super) fn may_be(&self, from: Option<&str>, below: Option<&str>) -> bool {
        if self.is_newest() {
            return below.is_none();
        }
        let version = self.version();
        let Some((last, before)) = version.split_last() else { return true };
        let next: Vec<u32> = before.iter().copied().chain([last.saturating_add(1)]).collect();
        from.is_none_or(|from| numbers(from) < next) && below.is_none_or(|below| version < numbers(below))
    }

    /// Whether the tag begins with a version.
    pub(super) fn has_version(&self) -> bool {
        !self.version().is_empty()
    }

    /// The numbers that open the tag: `v8.1.0-1-ubi8` is 8, 1, 0; none for `latest`.
    fn version(&self) -> Vec<u32> {
        let tag = self.tag.as_deref().unwrap_or_default();
        let tag = tag.strip_prefix('v').unwrap_or(tag);
        let numbers =
            tag.split(|character: char| !character.is_ascii_digit() && character != '.').next().unwrap_or_default();
        numbers.split('.').map_while(|number| number.parse().ok()).collect()
    }
}

/// Versions from one (included) to another (excluded), as in `from = "8.1"`, `below = "8.3"`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct VersionRange {
    from: Option<String>,
    below: Option<String>,
}

impl VersionRange {
    /// Whether every image that the tag of `image` can mean is of these versions. A tag that leaves numbers out moves: `8` is
    /// 8.0 today and 8.9 later. The range without ends holds every image.
    pub(super) fn holds(&self, image: &Image) -> bool {
        let version = image.version();
        let Some((last, before)) = version.split_last() else {
            return self.from.is_none() && self.below.is_none();
        };
        let next: Vec<u32> = before.iter().copied().chain([last.saturating_add(1)]).collect();
        self.from.as_deref().is_none_or(|from| numbers(from) <= version)
            && self.below.as_deref().is_none_or(|below| next <= numbers(below))
    }
}

fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map_while(|number| number.parse().ok()).collect()
}

/// Picks images by repository; registry, tag and digest do not matter.
///
/// `bitnami/kafka` is that repository, also below the path of a mirror (`cache/bitnami/kafka`). A pattern without a slash is the last part
/// of the path in any namespace: `redis` is `redis` and `bitnami/redis`. One `*` matches any characters of the last part. The registry is
/// ignored: `quay.io/debezium/kafka` is `debezium/kafka`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ImagePattern(String);

impl From<String> for ImagePattern {
    fn from(text: String) -> Self {
        match text.split_once('/') {
            Some((host, repository)) if host.contains(['.', ':']) || host == "localhost" => Self(repository.to_owned()),
            _ => Self(text),
        }
    }
}

impl ImagePattern {
    /// Whether the pattern matches `image`.
    #[must_use]
    pub fn matches(&self, image: &Image) -> bool {
        if !self.0.as_bytes().contains(&b'*') {
            return image.repository.strip_suffix(&self.0).is_some_and(|path| path.is_empty() || path.ends_with('/'));
        }
        let (namespace, name) = self.0.rsplit_once('/').unwrap_or(("", &self.0));
        let (image_namespace, image_name) = image.repository.rsplit_once('/').unwrap_or(("", &image.repository));
        let is_namespace = namespace.is_empty()
            || image_namespace.strip_suffix(namespace).is_some_and(|before| before.is_empty() || before.ends_with('/'));
        is_namespace && glob(name, image_name)
    }

    /// The pattern as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether `text` matches `pattern`, in which one `*` matches any characters.
pub fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((start, end)) => text.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
    }
}

/// Finds the entry of a catalog for an image, the first that matches, without asking them all.
#[derive(Clone, Debug, Default)]
pub(super) struct ImageIndex {
    /// The entries by the last part of an image's path.
    by_name: FxHashMap<String, Vec<usize>>,
    /// The entries with a pattern in that part, by what is before its `*`.
    others: Vec<(String, usize)>,
}

impl ImageIndex {
    /// Indexes entries by the patterns of their images.
    pub(super) fn new<'p>(entries: impl Iterator<Item = &'p [ImagePattern]>) -> Self {
        let mut index = Self::default();
        for (entry, patterns) in entries.enumerate() {
            for pattern in patterns {
                let name = pattern.0.rsplit('/').next().unwrap_or(&pattern.0);
                match name.split_once('*') {
                    Some((start, _)) => index.others.push((start.to_owned(), entry)),
                    None => index.by_name.entry(name.to_owned()).or_default().push(entry),
                }
            }
        }
        index
    }

    /// The entries that may be of an image, in their order.
    pub(super) fn entries(&self, image: &Image) -> Vec<usize> {
        let name = image.repository.rsplit('/').next().unwrap_or(&image.repository);
        let named = self.by_name.get(name).into_iter().flatten();
        let others = self.others.iter().filter(|(start, _)| name.starts_with(start.as_str())).map(|(_, entry)| entry);
        let mut entries: Vec<usize> = named.chain(others).copied().collect();
        entries.sort_unstable();
        entries.dedup();
        entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_fall_into_their_parts() {
        for (text, registry, repository, tag, digest) in [
            ("redis", None, "redis", None, None),
            ("redis:7.2", None, "redis", Some("7.2"), None),
            ("library/redis@sha256:ab", None, "library/redis", None, Some("sha256:ab")),
            ("docker.io/bitnami/kafka:3.7", Some("docker.io"), "bitnami/kafka", Some("3.7"), None),
            ("localhost:5000/kafka:1", Some("localhost:5000"), "kafka", Some("1"), None),
            ("localhost/kafka", Some("localhost"), "kafka", None, None),
            ("apache/kafka:3.9.0@sha256:ab", None, "apache/kafka", Some("3.9.0"), Some("sha256:ab")),
            ("quay.io/debezium/kafka:", Some("quay.io"), "debezium/kafka", None, None),
        ] {
            let image = Image::parse(text).expect(text);
            let parts =
                (image.registry.as_deref(), image.repository.as_str(), image.tag.as_deref(), image.digest.as_deref());
            assert_eq!(parts, (registry, repository, tag, digest), "{text}");
        }
        for text in ["", ":7", "/cp-kafka:7", "a//b", "a b", "${IMAGE}", "{{ image }}"] {
            assert_eq!(Image::parse(text), None, "{text}");
        }
    }

    #[test]
    fn patterns_ignore_registry_and_mirror() {
        for (pattern, text, expected) in [
            ("bitnami/kafka", "bitnami/kafka:3", true),
            ("bitnami/kafka", "harbor.example.com/library/bitnami/kafka:3", true),
            ("bitnami/kafka", "mybitnami/kafka", false),
            ("bitnami/kafka", "bitnami/kafka-exporter", false),
            ("bitnami/kafka", "kafka", false),
            ("redis", "redis", true),
            ("redis", "bitnami/redis:7", true),
            ("redis", "redis-commander", false),
            ("debezium/example-*", "quay.io/debezium/example-mysql", true),
            ("debezium/example-*", "quay.io/debezium/kafka", false),
            ("a*a", "x/a", false),
        ] {
            let found = ImagePattern(pattern.to_owned()).matches(&Image::parse(text).expect(text));
            assert_eq!(found, expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_tag_may_be_of_a_range_if_one_of_its_versions_can_have_it() {
        for (tag, from, below, expected) in [
            (":6.2.0", "", "7", true),
            (":7.0.0", "", "7", false),
            (":7.0.0", "7", "", true),
            (":6.2.0", "7", "", false),
            (":7", "7.1", "", true),
            (":7", "", "7.1", true),
            (":latest", "", "7", false),
            ("", "7", "", true),
            (":main", "7", "", true),
            (":main", "", "7", true),
            ("@sha256:ab", "", "7", true),
        ] {
            let image = Image::parse(&format!("x{tag}")).expect(tag);
            let end = |text: &'static str| Some(text).filter(|text| !text.is_empty());
            assert_eq!(image.may_be(end(from), end(below)), expected, "{tag} from {from} below {below}");
        }
    }

    #[test]
    fn a_range_holds_a_tag_only_if_it_holds_all_the_tag_can_mean() {
        let range = |from: &str, below: &str| {
            let end = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            VersionRange { from: end(from), below: end(below) }
        };
        for (tag, from, below, expected) in [
            ("7.5.0", "", "8.1", true),
            ("8.0.3", "", "8.1", true),
            ("8.1.0-1-ubi8", "", "8.1", false),
            ("8.1.0-1-ubi8", "8.1", "8.3", true),
            ("8.2", "8.1", "8.3", true),
            ("8", "8.1", "", false),
            ("8", "", "8.1", false),
            ("7", "", "8.1", true),
            ("9", "8.3", "", true),
            ("v24.1.1", "24", "25", true),
            ("latest", "8.3", "", false),
            ("latest", "", "", true),
            ("99999999999", "8.3", "", false),
        ] {
            let image = Image::parse(&format!("x:{tag}")).expect(tag);
            assert_eq!(range(from, below).holds(&image), expected, "{tag} from {from} below {below}");
        }
    }
}
