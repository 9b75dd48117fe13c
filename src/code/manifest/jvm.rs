//! Manifests of Maven, Gradle, sbt and Mill.

use super::{Package, without_xml_comments};
use crate::text::LineIndex;

/// What a dependency begins with in a `pom.xml`.
const TAG: &str = "<dependency>";

/// The dependencies of a `pom.xml` (maven.apache.org/pom.html), without test dependencies and dependency management.
pub(super) fn pom(text: &str) -> Vec<Package> {
    let text = without_xml_comments(text);
    let lines = LineIndex::new(&text);
    let mut is_managed = false;
    let mut begin = 0;
    let mut packages = Vec::new();
    for (index, part) in text.split(TAG).enumerate() {
        let body = part.split("</dependency>").next().unwrap_or(part);
        // What it leaves out comes with a group and a name as well.
        let own = body.split("<exclusions>").next().unwrap_or(body);
        let coordinates = element(own, "groupId").zip(element(own, "artifactId"));
        if let Some((group, artifact)) = coordinates
            && index > 0
            && !is_managed
            && element(own, "scope") != Some("test")
        {
            let name = format!("{group}:{}", without_scala_version(artifact));
            let line = lines.line(begin + own.find("<artifactId>").unwrap_or_default());
            packages.push(Package { name, line });
        }
        let (opened, closed) = (part.rfind("<dependencyManagement>"), part.rfind("</dependencyManagement>"));
        if opened != closed {
            is_managed = opened > closed;
        }
        begin += part.len() + TAG.len();
    }
    packages
}

/// The name of a Maven module, and those of its parent and its dependencies.
pub(super) fn project(text: &str) -> (Vec<String>, Vec<String>) {
    let plain = without_xml_comments(text);
    let (before, parent, after) = match plain.split_once("<parent>") {
        Some((before, rest)) => {
            let (parent, after) = rest.split_once("</parent>").unwrap_or((rest, ""));
            (before, element(parent, "artifactId"), after)
        }
        None => (plain.as_str(), None, ""),
    };
    let own = element(before, "artifactId").or_else(|| element(after, "artifactId"));
    let dependencies = pom(text).into_iter().filter_map(|package| Some(package.name.rsplit_once(':')?.1.to_owned()));
    (own.map(str::to_owned).into_iter().collect(), parent.map(str::to_owned).into_iter().chain(dependencies).collect())
}

fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, content) = text.split_once(&format!("<{name}>"))?;
    content.split_once('<').map(|(content, _)| content.trim())
}

/// The coordinates in a build of Gradle, sbt or Mill: `"group:artifact:version"`, or group and name in separate quotes, as in
/// `"group" %% "artifact" % "version"` and `group: 'group', name: 'artifact'`. Test dependencies do not count.
pub(super) fn coordinates(text: &str, comment: &str) -> Vec<Package> {
    let mut packages = Vec::new();
    let mut is_comment = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        is_comment |= line.starts_with("/*");
        if is_comment {
            is_comment = !line.contains("*/");
            continue;
        }
        if line.starts_with(comment) || is_for_tests(line) {
            continue;
        }
        let quoted: Vec<&str> = line.split(['"', '\'']).skip(1).step_by(2).collect();
        let pairs = quoted.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?)));
        let whole = quoted.iter().filter_map(|quoted| {
            let mut parts = quoted.split(':').filter(|part| !part.is_empty());
            Some((parts.next()?, parts.next()?))
        });
        packages.extend(pairs.chain(whole).map(|(group, artifact)| Package {
            name: format!("{group}:{}", without_scala_version(artifact)),
            line: index + 1,
        }));
    }
    packages
}

/// Whether a dependency is one of the tests: `testImplementation …` in Gradle, `… % Test` in sbt.
fn is_for_tests(line: &str) -> bool {
    let configuration = line.split(|character: char| !character.is_alphanumeric()).next().unwrap_or_default();
    let in_gradle = configuration.starts_with("test") || configuration.contains("Test");
    let in_sbt = line.contains("% Test") || line.contains("% \"test\"");
    in_gradle || in_sbt
}

/// docs.scala-lang.org: an artifact's name ends with the Scala version it is for, as in `kafka_2.13` and `zio-kafka_3`.
fn without_scala_version(artifact: &str) -> &str {
    match artifact.rsplit_once('_') {
        Some((name, version)) if version.starts_with(['2', '3', '$']) => name,
        _ => artifact,
    }
}
