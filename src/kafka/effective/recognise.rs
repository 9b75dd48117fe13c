//! Which family an image belongs to.

use super::family::{FAMILIES, Family};
use super::version::Tag;
use crate::kafka::catalog::Image;

/// An image of a family.
#[derive(Clone, Debug)]
pub struct Recognised {
    /// The family.
    pub family: &'static Family,
    /// The version in its tag.
    pub tag: Tag,
}

/// The family of an image by its reference, `None` if it has none: in any registry, below the path of a mirror, with a registry or a tag
/// from an empty variable, and under a name that only a copy of such an image has, such as `acme/cp-kafka`.
#[must_use]
pub fn recognise(reference: &str) -> Option<Recognised> {
    // An empty variable for the registry leaves its slash.
    let reference = reference.trim().trim_start_matches('/');
    let image = Image::parse(reference)?;
    let mut families = FAMILIES.families.iter();
    let family = families
        .clone()
        .find(|family| family.images.iter().any(|pattern| pattern.matches(&image)))
        .or_else(|| families.find(|family| is_copy(family, &image.repository)))?;
    Some(Recognised { family, tag: tag(family, &image, reference) })
}

fn is_copy(family: &Family, repository: &str) -> bool {
    let name = repository.rsplit('/').next().unwrap_or(repository);
    let is_named_so =
        |copy: &str| name.strip_suffix(copy).is_some_and(|prefix| prefix.is_empty() || prefix.ends_with(['-', '_']));
    family.copies.iter().any(|copy| is_named_so(copy))
}

fn tag(family: &Family, image: &Image, reference: &str) -> Tag {
    let is_blank = image.tag.is_none() && image.digest.is_none() && reference.ends_with(':');
    match &image.tag {
        // The version of a digest without a tag, or of an empty variable, is unknown.
        None if is_blank || image.digest.is_some() => Tag::Unknown,
        tag => family.tag.read(tag.as_deref()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_recognised_wherever_its_images_come_from() {
        for (reference, expected) in [
            ("confluentinc/cp-kafka:7.6.0", Some("confluent")),
            ("docker.io/confluentinc/cp-kafka", Some("confluent")),
            ("registry.example.com/cache/confluentinc/cp-kafka:7.6.0", Some("confluent")),
            ("/confluentinc/cp-kafka:7", Some("confluent")),
            ("confluentinc/cp-kafka:", Some("confluent")),
            ("registry.example.com/acme/cp-kafka:7.6.0", Some("confluent")),
            ("confluentinc/cp-server:7.6.0", Some("confluent-server")),
            ("apache/kafka-native", Some("apache-native")),
            ("harbor.example.com/library/bitnami/kafka:3.9", Some("bitnami")),
            ("soldevelo/kafka:4.1", Some("soldevelo")),
            ("acme/bitnami-kafka:3.9", Some("bitnami")),
            ("mirror/confluentinc-cp-kafka:7.6.0", Some("confluent")),
            ("mirror/confluentinc_cp-server:7.6.0", Some("confluent-server")),
            ("acme/my-kafka:3.9", None),
            ("docker.redpanda.com/redpandadata/redpanda:v24.2.7", Some("redpanda")),
            ("quay.io/strimzi/kafka:0.43.0-kafka-3.8.0", Some("strimzi")),
            ("acme/kafka:1", None),
            ("kafka", None),
            ("apache/kafka-tools", None),
            ("confluentinc/cp-kafka-connect:7.6.0", None),
            ("", None),
        ] {
            let found = recognise(reference).map(|recognised| recognised.family.name.as_str());
            assert_eq!(found, expected, "{reference}");
        }
    }

    #[test]
    fn a_blank_tag_and_a_digest_tell_no_version() {
        let tag = |reference: &str| recognise(reference).expect(reference).tag;
        assert_eq!(tag("confluentinc/cp-kafka"), Tag::Newest);
        assert_eq!(tag("confluentinc/cp-kafka:"), Tag::Unknown);
        assert_eq!(tag("confluentinc/cp-kafka@sha256:ab"), Tag::Unknown);
        assert!(matches!(tag("confluentinc/cp-kafka:7.6.0@sha256:ab"), Tag::Version(_)));
    }
}
