//! Families of broker images and their scripts: data in `catalog/families/*.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, OnceLock};

use serde::Deserialize;

use super::part::Part;
use super::step::Step;
use super::version::{Tag, TagForm, Version, Versions};
use crate::kafka::catalog::ImagePattern;
use crate::kafka::catalog::additions;

/// The families that are part of the program.
pub static FAMILIES: LazyLock<Families> = LazyLock::new(|| {
    let texts = [
        table!("kafka/catalog/families/apache"),
        table!("kafka/catalog/families/confluent"),
        table!("kafka/catalog/families/bitnami"),
        table!("kafka/catalog/families/debezium"),
        table!("kafka/catalog/families/wurstmeister"),
        table!("kafka/catalog/families/all-in-one"),
        table!("kafka/catalog/families/commands"),
        table!("kafka/catalog/families/unknown"),
        table!("kafka/catalog/families/distribution"),
    ];
    Families::read(&texts).expect("the built-in families parse, as their test shows")
});

/// All families.
#[derive(Clone, Debug, Default)]
pub struct Families {
    pub(super) families: Vec<Family>,
    files: Vec<DistributionFile>,
    steps: BTreeMap<String, Part<Vec<Step>>>,
}

/// One file of `catalog/families`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, bound(deserialize = "'de: 'static"))]
struct FamiliesFile {
    family: Vec<Family>,
    file: Vec<DistributionFile>,
    steps: BTreeMap<String, Part<Vec<Step>>>,
}

/// Images whose scripts are of one descent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Family {
    /// Its name in the catalog.
    pub name: String,
    /// Its images; none for the family of unknown images.
    pub images: Vec<ImagePattern>,
    /// Last parts of a path that only copies of its images have, in any registry and namespace: `cp-kafka`.
    #[serde(default)]
    pub(super) copies: Vec<String>,
    /// The place of the version in its tags.
    #[serde(default)]
    pub(super) tag: TagForm,
    /// The versions of Kafka by those of the image, the first that fits; `None` if they are the same.
    pub(super) kafka: Option<Vec<(Version, Version)>>,
    /// The version of Kafka of the newest image.
    pub(super) newest: Option<Version>,
    /// Whether that is the last one: `latest` will mean no other.
    #[serde(default)]
    pub(super) ended: bool,
    /// What the command has in it if it leads to the image's script.
    #[serde(default)]
    pub(super) starts: Vec<String>,
    /// Files that count more than variables, or replace the script, if something is mounted there.
    #[serde(default)]
    pub(super) mounts: Vec<MountedFile>,
    /// The folder that relative paths of its command begin in.
    #[serde(default)]
    pub(super) home: Option<String>,
    /// Whether its listeners are Redpanda's, whose names and ports may be left out.
    #[serde(default)]
    pub redpanda: bool,
    /// Whether a ZooKeeper runs in its container beside the broker, in some version at least.
    #[serde(default)]
    pub has_zookeeper: bool,
    /// Variables that hold the address at which another program in its container finds the broker, each with that program.
    #[serde(default)]
    pub beside: BTreeMap<String, String>,
    /// The properties that flags of its command set: Redpanda's.
    #[serde(default)]
    pub(super) flags: BTreeMap<String, String>,
    /// The properties that keys after `--set` change in its command, by the beginnings of the keys: Redpanda's.
    #[serde(default)]
    pub(super) sets: BTreeMap<String, String>,
    /// Variables that set a property through another variable.
    #[serde(default)]
    pub(super) setters: BTreeMap<String, Vec<String>>,
    /// Variables that its scripts read for something else than a property, or their beginnings if they end with an underscore.
    #[serde(default)]
    pub(super) reads: Vec<String>,
    /// The variables that hold the id of its cluster, the one that counts first.
    #[serde(default)]
    pub(super) cluster_id: Vec<String>,
    /// The tag of the last image whose Kafka has ZooKeeper, if newer ones have none.
    #[serde(default)]
    pub last_with_zookeeper: Option<Version>,
    /// Variables for the advertised host before `advertised.listeners` existed; they have no effect now.
    #[serde(default)]
    pub former_hosts: Vec<String>,
    /// The variables for its port.
    #[serde(default)]
    pub former_ports: Vec<String>,
    /// Its scripts, the oldest first.
    pub(super) script: Vec<Script>,
}

/// A file whose mount changes what counts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MountedFile {
    pub(super) path: String,
    pub(super) effect: MountEffect,
    /// Whether the script takes the file as it is, so that its entries are the properties; otherwise none of them is known.
    #[serde(default)]
    pub(super) as_is: bool,
}

/// What a mounted file does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum MountEffect {
    /// Variables go over its properties; those of the image do not count.
    Base,
    /// Its properties are all that counts.
    All,
}

/// The script of an image in some versions.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
pub struct Script {
    /// The first version of the image with it.
    pub(super) from: Option<Version>,
    /// The first version after it.
    pub(super) below: Option<Version>,
    /// The public files that the steps were read in.
    pub source: String,
    /// Variables that the image itself has, under those of the container.
    #[serde(default)]
    pub(super) environment: BTreeMap<String, String>,
    pub(super) steps: Part<Vec<Step>>,
    /// See [`Self::all_steps`].
    #[serde(skip)]
    all_steps: OnceLock<Vec<&'static Step>>,
    /// See [`Self::names`].
    #[serde(skip)]
    names: OnceLock<BTreeSet<String>>,
}

/// A properties file of Kafka's distribution, or of an image.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "'de: 'static"))]
struct DistributionFile {
    name: String,
    from: Option<Version>,
    below: Option<Version>,
    properties: Part<BTreeMap<String, String>>,
}

impl Families {
    fn read(texts: &[&'static str]) -> Result<Self, serde_json::Error> {
        let mut families = Self::default();
        for text in texts {
            let file: FamiliesFile = serde_json::from_str(text)?;
            families.families.extend(file.family);
            families.files.extend(file.file);
            families.steps.extend(file.steps);
        }
        for family in &mut families.families {
            family.images.extend(additions().images_of(&family.name));
        }
        Ok(families)
    }

    /// Each family.
    pub fn iter(&self) -> impl Iterator<Item = &Family> {
        self.families.iter()
    }

    /// The family for images that are not known: every usual variable, no default.
    #[must_use]
    pub fn unknown(&self) -> &Family {
        let unknown = self.families.iter().find(|family| family.is_unknown());
        unknown.expect("the catalog has it, as its test shows")
    }

    /// A family by its name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Family> {
        self.families.iter().find(|family| family.name == name)
    }

    /// The properties of a file in some version of Kafka: the newest that these may be.
    pub(super) fn file(&self, name: &str, kafka: &Versions) -> Option<&BTreeMap<String, String>> {
        let named = self.files.iter().rev().filter(|file| file.name == name);
        let mut fitting = named.filter(|file| range(&file.from, &file.below).meet(kafka));
        fitting.next().map(|file| &*file.properties)
    }

    /// The steps of a name that others include.
    pub(super) fn included(&self, name: &str) -> &[Step] {
        self.steps.get(name).map_or(&[], |steps| steps.as_slice())
    }

    /// The steps of a script, each followed by those that it includes.
    pub(super) fn steps<'a>(&'a self, steps: &'a [Step]) -> Vec<&'a Step> {
        let mut all: Vec<&Step> = steps.iter().collect();
        let mut at = 0;
        while let Some(step) = all.get(at) {
            if let Step::Include(include) = step {
                let included = self.included(&include.include);
                all.splice(at + 1..at + 1, included);
            }
            at += 1;
        }
        all
    }
}

impl Script {
    /// Its steps, each followed by those that it includes.
    pub(super) fn all_steps(&'static self) -> &'static [&'static Step] {
        self.all_steps.get_or_init(|| FAMILIES.steps(&self.steps))
    }

    /// The variables that its steps read by their names.
    pub(super) fn names(&'static self) -> &'static BTreeSet<String> {
        self.names.get_or_init(|| self.all_steps().iter().flat_map(|step| step.names()).collect())
    }
}

fn range(from: &Option<Version>, below: &Option<Version>) -> Versions {
    Versions { from: from.clone(), below: below.clone() }
}

impl Family {
    /// Last parts of a path that only copies of its images have.
    pub fn copies(&self) -> impl Iterator<Item = &str> {
        self.copies.iter().map(String::as_str)
    }

    /// The scripts of all versions, the oldest first.
    #[must_use]
    pub fn all_scripts(&self) -> &[Script] {
        &self.script
    }

    /// The scripts that an image of this tag may run: the newest that the tag can mean, or all of them if the tag shows no version.
    pub(super) fn scripts(&self, tag: &Tag) -> Vec<&Script> {
        match tag {
            Tag::Newest => match self.newest.as_ref().filter(|_| self.ended) {
                Some(last) => self.scripts(&Tag::Version(last.clone())),
                None => self.script.last().into_iter().collect(),
            },
            Tag::Unknown => self.script.iter().collect(),
            Tag::WithZooKeeper => {
                let is_old = |script: &&Script| {
                    let last = self.last_with_zookeeper.as_ref();
                    last.is_none_or(|last| script.from.as_ref().is_none_or(|from| from <= last))
                };
                self.script.iter().filter(is_old).collect()
            }
            Tag::Version(version) => {
                let versions = Versions::of(version);
                let fits = |script: &&Script| range(&script.from, &script.below).meet(&versions);
                let fitting = self.script.iter().rev().find(fits);
                fitting.or(self.script.first()).into_iter().collect()
            }
        }
    }

    /// Whether it is that of the images that are not known.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.images.is_empty()
    }

    /// The versions of Kafka that an image of this tag may have.
    #[must_use]
    pub fn kafka_versions(&self, tag: &Tag) -> Versions {
        let newest = self.newest.as_ref();
        match tag {
            Tag::Newest if self.ended => newest.map(Versions::of).unwrap_or_default(),
            Tag::Newest => newest.cloned().map(Versions::since).unwrap_or_default(),
            Tag::Unknown if self.ended => Versions { from: None, below: newest.map(Version::next) },
            Tag::Unknown => Versions::default(),
            Tag::WithZooKeeper => {
                let last = self.last_with_zookeeper.clone().map(Tag::Version);
                Versions { from: None, below: last.and_then(|last| self.kafka_versions(&last).below) }
            }
            Tag::Version(version) => {
                let Some(table) = &self.kafka else { return Versions::of(&version.without_build()) };
                let is_meant = |(image, _): &&(Version, Version)| version.is_of(image);
                table.iter().find(is_meant).map(|(_, kafka)| Versions::of(kafka)).unwrap_or_default()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_families_are_consistent() {
        let families = &*FAMILIES;
        assert_eq!(families.unknown().name, "unknown");
        assert!(families.steps.values().all(|steps| !steps.is_empty()));
        assert!(families.files.iter().all(|file| !file.properties.is_empty()));
        for family in &families.families {
            assert!(!family.script.is_empty(), "{} has no script", family.name);
            for script in &family.script {
                assert!(!script.steps.is_empty(), "{}", family.name);
                for step in script.steps.iter() {
                    if let Step::Include(include) = step {
                        assert!(families.steps.contains_key(&include.include), "{}", include.include);
                    }
                }
                for step in families.steps(&script.steps) {
                    if let Step::File(file) = step {
                        assert!(families.files.iter().any(|own| own.name == file.file), "{}", file.file);
                    }
                }
            }
            let ranges: Vec<_> = family.script.iter().map(|script| (&script.from, &script.below)).collect();
            for pair in ranges.windows(2) {
                assert_eq!(pair[0].1, pair[1].0, "{}: the scripts follow each other without a gap", family.name);
            }
        }
    }

    #[test]
    fn a_tag_picks_the_newest_script_that_it_can_mean() {
        let froms = |family: &str, tag: &str| -> Vec<String> {
            let family = FAMILIES.named(family).expect(family);
            let scripts = family.scripts(&family.tag.read(Some(tag)));
            scripts.iter().map(|script| script.from.as_ref().map_or(String::new(), Version::to_string)).collect()
        };
        assert_eq!(froms("confluent", "7.6.0"), ["7.4"]);
        assert_eq!(froms("confluent", "7.3.1-1-ubi8"), ["5.5"]);
        assert_eq!(froms("confluent", "latest"), ["8.1"]);
        assert_eq!(froms("bitnami", "latest"), ["4.0"]);
        assert_eq!(froms("soldevelo", "latest"), ["4.1"]);
        assert_eq!(froms("bitnami", "3.4.0"), ["3.4.0.11.22"]);
        assert_eq!(froms("bitnami", "3.4.0-debian-11-r0"), ["3.4"]);
        assert_eq!(froms("bitnami", "3.4"), ["3.4.1.11.53"]);
    }

    #[test]
    fn a_tag_tells_the_version_of_kafka() {
        for (family, tag, inside, outside) in [
            ("confluent", "7.6.1", "3.6", "3.7"),
            ("confluent", "7.9.0", "3.9", "3.10"),
            ("apache", "3.9", "3.9", "4.0"),
            ("wurstmeister", "2.13-2.8.1", "2.8.1", "2.8.2"),
            ("strimzi", "0.43.0-kafka-3.8.0", "3.8.0", "3.8.1"),
            ("debezium", "2.7.3.Final", "3.7", "3.8"),
            ("bitnami", "3.4.1-debian-12-r30", "3.4.1", "3.4.2"),
        ] {
            let family = FAMILIES.named(family).expect(family);
            let versions = family.kafka_versions(&family.tag.read(Some(tag)));
            let version = |text: &str| Version::parse(text).expect(text);
            assert!(
                versions.are_at_least(&version(inside)) && versions.are_below(&version(outside)),
                "{tag}: {versions:?}"
            );
        }
    }
}
