//! The images that files other than a compose file say how to make: builds of the JVM and of .NET, and commands of Docker in scripts.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, OnceLock};

use regex::Regex;

use crate::code::document::{self, Entry, Syntax};
use crate::code::idiom::ascii;
use crate::compose::normalized;

/// An image that a file says how to make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MadeImage {
    /// Its name without tag, in which `*` stands for what another file says.
    pub name: String,
    /// The folder with its code.
    pub folder: PathBuf,
}

/// Elements of a `pom.xml` that hold the name of an image (GoogleContainerTools/jib jib-maven-plugin, docs.spring.io "Packaging OCI Images",
/// fabric8io/docker-maven-plugin, spotify/dockerfile-maven).
const POM_KEYS: [&str; 6] = [
    "configuration.to.image",
    "configuration.image.name",
    "configuration.images.image.name",
    "configuration.imageName",
    "configuration.repository",
    "configuration.container.image",
];

/// What Maven replaces with the name of each module; `name` is the artifact's where a module has none (maven.apache.org, "POM Reference").
const OF_MODULE: [&str; 3] = ["project.artifactId", "artifactId", "project.name"];

/// Elements of a .NET project (learn.microsoft.com, "Containerize a .NET app with dotnet publish").
const DOTNET_KEYS: [&str; 2] = ["PropertyGroup.ContainerRepository", "PropertyGroup.ContainerImageName"];

/// Settings of Gradle's and sbt's plugins that hold the name of an image (GoogleContainerTools/jib jib-gradle-plugin, docs.spring.io "Packaging
/// OCI Images", sbt/sbt-native-packager "Docker Plugin").
static GRADLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&ascii(r#"\b(?:image|imageName|dockerRepository|Docker\s*/\s*packageName)\s*(?:\.set\s*\(|:?=)\s*(?:Some\()?\s*["']([^"'\s]+)["']"#)).ok()
});

/// A command that builds an image from a folder (docs.docker.com, "docker buildx build").
static DOCKER_BUILD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(&ascii(r#"\b(?:docker|podman|nerdctl)\s+(?:buildx\s+|image\s+)?build\s+([^\n;&|"]+)"#)).ok()
});

/// Whether a file of this name may build images, although it contains nothing else about a program.
pub(super) fn is_recipe(name: &str) -> bool {
    ["Makefile", "makefile", "GNUmakefile", "justfile", "Justfile"].contains(&name) || is_compose(name)
}

fn is_compose(name: &str) -> bool {
    (name.starts_with("docker-compose") || name.starts_with("compose"))
        && (name.ends_with(".yml") || name.ends_with(".yaml"))
}

/// Whether a file of this name may say how to make images: the others need not be read for that.
pub(super) fn may_name_images(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let ends = [".csproj", ".fsproj", ".gradle", ".gradle.kts", ".sh"];
    ["pom.xml", "build.sbt", "package.json"].contains(&name)
        || is_recipe(name)
        || ends.iter().any(|end| name.ends_with(end))
}

/// What a file says of images.
#[derive(Debug)]
pub(super) enum Recipe {
    /// How to make these.
    Made(Vec<MadeImage>),
    /// That a compose file has images whose names end like this, and builds some.
    Compose(PathBuf, BTreeSet<String>),
}

impl Recipe {
    /// What a file says of images.
    pub(super) fn of(path: &Path, text: &str) -> Self {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let home = home_of(path);
        if is_compose(name) {
            return Self::Compose(path.to_owned(), images_of_compose(text));
        }
        Self::Made(if name == "pom.xml" {
            of_pom(home, text)
        } else if name.ends_with(".csproj") || name.ends_with(".fsproj") {
            let entries = document::entries(text, Syntax::Xml);
            values_at(&entries, &DOTNET_KEYS).into_iter().map(|name| made(name, home, &[])).collect()
        } else if name.ends_with(".gradle") || name.ends_with(".gradle.kts") || name == "build.sbt" {
            let own = home.file_name().and_then(|own| own.to_str()).unwrap_or("*");
            let known = [("project.name", own), ("rootProject.name", own), ("name", own)];
            let found = GRADLE.iter().flat_map(|regex| regex.captures_iter(text));
            found.map(|found| made(&found[1], home, &known)).collect()
        } else {
            let found = DOCKER_BUILD.iter().flat_map(|regex| regex.captures_iter(text));
            found.flat_map(|found| of_command(home, &found[1])).collect()
        })
    }
}

fn home_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// The image of a module, and of the modules below one that writes its name with that of the module.
fn of_pom(home: &Path, text: &str) -> Vec<MadeImage> {
    if !text.contains("image") && !text.contains("repository") {
        return Vec::new();
    }
    let entries = document::entries(text, Syntax::Xml);
    let property = |key: &str| entries.iter().find(|entry| entry.key == key).map(|entry| entry.value.as_str());
    let own = property("project.artifactId").unwrap_or("*");
    let name = property("project.name").unwrap_or(own);
    let mut known = vec![("project.artifactId", own), ("artifactId", own), ("project.name", name)];
    known.extend(property("project.groupId").map(|group| ("project.groupId", group)));
    for entry in &entries {
        known.extend(entry.key.strip_prefix("project.properties.").map(|name| (name, entry.value.as_str())));
    }
    let is_parent = property("project.packaging") == Some("pom");
    let of_module = |name: &str| {
        if !is_parent {
            return vec![made(name, home, &known)];
        }
        // The name of a module below stands for its folder.
        let modules = entries.iter().filter(|entry| entry.key.starts_with("project.modules.module"));
        let of = |module: &str| {
            let folder = home.join(module);
            let last = module.rsplit('/').next().unwrap_or(module);
            let known: Vec<(&str, &str)> =
                known.iter().map(|&(key, value)| (key, if OF_MODULE.contains(&key) { last } else { value })).collect();
            made(name, &folder, &known)
        };
        modules.map(|entry| of(&entry.value)).collect()
    };
    values_at(&entries, &POM_KEYS).into_iter().flat_map(of_module).collect()
}

/// The values of elements whose path without indexes ends like one of `keys`.
fn values_at<'e>(entries: &'e [Entry], keys: &[&str]) -> Vec<&'e str> {
    let is_index = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let without_indexes = |key: &str| key.split('.').filter(|part| !is_index(part)).collect::<Vec<_>>().join(".");
    let is_at = |entry: &&Entry| keys.iter().any(|own| without_indexes(&entry.key).ends_with(own));
    entries.iter().filter(is_at).map(|entry| entry.value.as_str()).collect()
}

/// The last parts of the names of a compose file's images, if it builds any. The file is not parsed: most of these images nobody asks for.
fn images_of_compose(text: &str) -> BTreeSet<String> {
    if !text.contains("build") {
        return BTreeSet::new();
    }
    let after_key = text.split("image").skip(1).filter_map(|rest| {
        let value = rest.trim_start_matches(['"', '\'', ' ']).strip_prefix(':')?;
        value.trim_start().split([' ', ',', '\n', '\r']).next()
    });
    let names = after_key.map(|name| made(name.trim_end_matches(['}', '"', '\'']), Path::new(""), &[]).name);
    names.map(|name| last_part(&name).to_owned()).filter(|name| is_known(name)).collect()
}

/// The services of a compose file that have both an image and a build.
fn of_compose(home: &Path, text: &str) -> Vec<MadeImage> {
    let entries = document::entries(text, Syntax::Yaml);
    let value = |key: String| entries.iter().find(|entry| entry.key == key).map(|entry| entry.value.as_str());
    let images = entries.iter().filter_map(|entry| {
        let service = entry.key.strip_prefix("services.")?.strip_suffix(".image")?;
        let context = value(format!("services.{service}.build"));
        let context = context.or_else(|| value(format!("services.{service}.build.context")))?;
        Some(made(&entry.value, &normalized(&home.join(context)), &[]))
    });
    images.collect()
}

/// The images of one command, whose last word is the folder that it builds from.
fn of_command(home: &Path, words: &str) -> Vec<MadeImage> {
    let words: Vec<&str> = words.split_whitespace().filter(|word| *word != "\\").collect();
    let Some(context) = words.last().filter(|word| !word.starts_with('-')) else { return Vec::new() };
    let flagged = |flags: &'static [&'static str]| {
        let after = words.windows(2).filter(move |pair| flags.contains(&pair[0])).map(|pair| pair[1]);
        let joined = words
            .iter()
            .filter_map(move |word| flags.iter().find_map(|flag| word.strip_prefix(flag)?.strip_prefix('=')));
        after.chain(joined)
    };
    // A Dockerfile next to the code shows which part of a repository is meant.
    let dockerfile = flagged(&["-f", "--file"]).next().and_then(|file| Path::new(file).parent());
    let folder = dockerfile.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(context));
    let folder = normalized(&home.join(folder));
    flagged(&["-t", "--tag"]).map(|name| made(name, &folder, &[])).collect()
}

/// An image by its name as written, with what is known of the variables in it.
fn made(name: &str, folder: &Path, known: &[(&str, &str)]) -> MadeImage {
    let mut text = String::new();
    let mut rest = name.trim_matches(['"', '\'']);
    while let Some(at) = rest.find('$') {
        text.push_str(&rest[..at]);
        let (variable, after) = match rest[at + 1..].strip_prefix(['{', '(']) {
            Some(inner) => {
                let end = inner.find(['}', ')']).unwrap_or(inner.len());
                (&inner[..end], inner.get(end + 1..).unwrap_or_default())
            }
            None => {
                let inner = &rest[at + 1..];
                let end =
                    inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.').unwrap_or(inner.len());
                inner.split_at(end)
            }
        };
        let value = known.iter().find(|(key, _)| *key == variable).map_or("*", |(_, value)| value);
        text.push_str(if value.contains('$') { "*" } else { value });
        rest = after;
    }
    text.push_str(rest);
    MadeImage { name: without_tag(&text).to_owned(), folder: folder.to_owned() }
}

/// The name of an image without its tag or digest.
pub(super) fn without_tag(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let start = image.rfind('/').map_or(0, |slash| slash + 1);
    image[start..].find(':').map_or(image, |colon| &image[..start + colon])
}

/// Images by the last part of their names, those of one file after those of the files before it.
#[derive(Debug, Default)]
pub(super) struct MadeImages {
    made: HashMap<String, Vec<MadeImage>>,
    /// The compose files in which an image has such a name.
    composed: HashMap<String, Vec<Arc<ComposeFile>>>,
    /// The folders of a repository that have a Dockerfile, by their names in [`plain`] form.
    dockerfiles: HashMap<String, Vec<PathBuf>>,
}

/// A compose file that builds images: which ones is found out when somebody asks, and once for all projects of a repository.
#[derive(Debug)]
struct ComposeFile {
    path: PathBuf,
    made: OnceLock<Vec<MadeImage>>,
}

impl MadeImages {
    /// The images that files build. An image whose last part is unknown may be any other, and is left out.
    pub(super) fn of(recipes: Vec<Recipe>) -> Self {
        let mut images = Self::default();
        for recipe in recipes {
            match recipe {
                Recipe::Made(made) => {
                    for image in made.into_iter().filter(|image| is_known(last_part(&image.name))) {
                        images.made.entry(last_part(&image.name).to_owned()).or_default().push(image);
                    }
                }
                Recipe::Compose(path, names) => {
                    let file = Arc::new(ComposeFile { path, made: OnceLock::new() });
                    for name in names {
                        images.composed.entry(name).or_default().push(Arc::clone(&file));
                    }
                }
            }
        }
        images
    }

    /// Adds the folders of a repository that have a Dockerfile.
    pub(super) fn add_dockerfiles(&mut self, paths: &[PathBuf]) {
        for path in paths.iter().filter(|path| path.file_name().is_some_and(|name| name == "Dockerfile")) {
            let folder = home_of(path);
            if let Some(name) = folder.file_name().and_then(|name| name.to_str()) {
                self.dockerfiles.entry(plain(name)).or_default().push(folder.to_owned());
            }
        }
    }

    /// The folder anywhere in the repository that has this name and a Dockerfile, if there is just one.
    pub(super) fn only_folder_called(&self, name: &str) -> Option<&Path> {
        match self.dockerfiles.get(&plain(name))?.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The folders that an image of a service may be made from, by files other than the compose files that `is_own` names. `text_of` is the
    /// text of a compose file, none if it cannot be read.
    pub(super) fn folders_of<'i>(
        &'i self,
        image: &'i str,
        is_own: impl Fn(&Path) -> bool + 'i,
        text_of: impl Fn(&Path) -> Option<String> + 'i,
    ) -> impl Iterator<Item = &'i Path> {
        let image = without_tag(image);
        let made = self.made.get(last_part(image)).into_iter().flatten();
        let composed = self.composed.get(last_part(image)).into_iter().flatten();
        let read = move |file: &ComposeFile| of_compose(home_of(&file.path), &text_of(&file.path).unwrap_or_default());
        let composed = composed.filter(move |file| !is_own(&file.path));
        let composed = composed.flat_map(move |file| file.made.get_or_init(|| read(file)));
        made.chain(composed).filter(move |made| made.is(image)).map(|made| made.folder.as_path())
    }
}

/// A name without differences in spelling.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// The last part of the name of an image.
fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// Whether no other file decides a part of a name.
fn is_known(part: &str) -> bool {
    !part.is_empty() && !part.contains('*')
}

impl MadeImage {
    /// Whether an image without a tag is this one.
    fn is(&self, image: &str) -> bool {
        let (own, theirs): (Vec<&str>, Vec<&str>) = (self.name.split('/').collect(), image.split('/').collect());
        let is_same = |(own, theirs): (&&str, &&str)| own == theirs || own.contains('*');
        // What a variable stands for may have slashes of its own, and may be nothing.
        let open = own.len() > 1 && own[0].contains('*');
        let is_long_enough = own.len() == theirs.len() || open;
        is_long_enough && own.iter().rev().zip(theirs.iter().rev()).all(is_same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<(String, String)> {
        let made = match Recipe::of(Path::new(path), text) {
            Recipe::Made(made) => made,
            Recipe::Compose(path, _) => of_compose(home_of(&path), text),
        };
        made.into_iter().map(|image| (image.name, image.folder.display().to_string())).collect()
    }

    fn one(name: &str, folder: &str) -> Vec<(String, String)> {
        vec![(name.to_owned(), folder.to_owned())]
    }

    #[test]
    fn builds_name_their_images() {
        let pom = "<project><parent><artifactId>all</artifactId></parent><artifactId>till</artifactId><build><plugins><plugin>\
                   <configuration><to><image>acme/${project.artifactId}:${project.version}</image></to></configuration></plugin>\
                   </plugins></build></project>";
        assert_eq!(found("till/pom.xml", pom), one("acme/till", "till"));
        let parent = "<project><artifactId>all</artifactId><packaging>pom</packaging><modules><module>till</module></modules><build>\
                      <plugins><plugin><configuration><image><name>${registry}/${project.artifactId}</name></image></configuration>\
                      </plugin></plugins></build></project>";
        assert_eq!(found("pom.xml", parent), one("*/till", "till"));
        let named = parent.replace("project.artifactId", "project.name");
        assert_eq!(found("pom.xml", &named), one("*/till", "till"));
        assert_eq!(found("till/build.gradle", "jib { to { image = 'acme/till:1' } }"), one("acme/till", "till"));
        assert_eq!(found("till/build.gradle.kts", "jib.to.image = \"acme/${project.name}\""), one("acme/till", "till"));
        assert_eq!(found("till/build.gradle.kts", "imageName.set(\"acme/till\")"), one("acme/till", "till"));
        let csproj =
            "<Project><PropertyGroup><ContainerRepository>acme/till</ContainerRepository></PropertyGroup></Project>";
        assert_eq!(found("till/Till.csproj", csproj), one("acme/till", "till"));
    }

    #[test]
    fn commands_name_the_folder_of_an_image() {
        assert_eq!(found("build.sh", "docker build -t acme/till:1 ./till\n"), one("acme/till", "till"));
        assert_eq!(found("ci/build.sh", "docker build --tag=$REG/till ../till"), one("*/till", "till"));
        assert_eq!(
            found("Makefile", "image:\n\tdocker buildx build -t acme/till -f till/Dockerfile .\n"),
            one("acme/till", "till")
        );
        let compose = "services:\n  till:\n    image: acme/till\n    build:\n      context: ./src/till\n";
        assert_eq!(found("base/docker-compose.yml", compose), one("acme/till", "base/src/till"));
        assert_eq!(found("build.sh", "docker build ."), []);
    }

    #[test]
    fn an_image_is_known_by_its_name_alone() {
        let is = |name: &str, image: &str| {
            let images = MadeImages::of(vec![Recipe::Made(vec![made(name, Path::new("till"), &[])])]);
            images.folders_of(image, |_| false, |_| None).next().is_some()
        };
        assert!(is("acme/till:${VERSION}", "acme/till:latest") && !is("${PREFIX}till", "till:2"));
        assert!(is("${REG}/till", "ghcr.io/acme/till:1") && is("localhost:5000/till", "localhost:5000/till"));
        assert!(!is("acme/till", "acme/tiller") && !is("acme/till", "other/till") && !is("acme/$NAME", "acme/till"));
    }

    #[test]
    fn a_compose_file_is_parsed_only_for_an_image_that_it_has() {
        let block = "services:\n  till:\n    build: ./till\n    image: \"${REG:-acme}/till:${VERSION}\"\n";
        let flow = "services: {till: {build: ./till, image: acme/till}}\n";
        for text in [block, flow, &format!("{block}    # image\n")] {
            let images = MadeImages::of(vec![Recipe::of(Path::new("base/compose.yaml"), text)]);
            let text_of = |_: &Path| Some(text.to_owned());
            let folders = |is_own: bool| images.folders_of("acme/till:2", move |_| is_own, text_of).collect::<Vec<_>>();
            assert_eq!(folders(true), [] as [&Path; 0], "{text}");
            assert_eq!(folders(false), [Path::new("base/till")], "{text}");
            let untouched = |_: &Path| -> Option<String> { panic!("nobody asks for this file") };
            assert_eq!(images.folders_of("acme/shop", |_| false, untouched).count(), 0);
            assert_eq!(images.folders_of("acme/till:3", |_| false, untouched).count(), 1, "it was read before");
        }
    }
}
