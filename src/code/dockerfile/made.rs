//! Which of the programs in a build context the instructions of a Dockerfile build.

use std::path::Path;

use super::{BuiltImage, Copied, absolute, below};
use crate::code::language::Language;

/// A program by the words of an instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The folder of the build context that the instruction works in.
    pub folder: String,
    /// A path from there, or the name of a package or a module.
    pub word: String,
}

impl Named {
    /// A folder of the build context.
    #[must_use]
    pub fn folder(folder: String) -> Self {
        Self { folder, word: ".".to_owned() }
    }
}

/// What an instruction builds, or copies from the stage that built it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// The programs in its own words.
    pub programs: Vec<Named>,
    /// Those of the stage that it copies from, for words that lead to none.
    pub of_stage: Vec<Named>,
    /// Where they are copied to; empty if they are not copied.
    pub destination: String,
}

/// How many programs of a stage are remembered.
const MAX_PROGRAMS: usize = 16;

/// A tool that builds one of several programs.
struct Tool {
    names: &'static [&'static str],
    /// The flags before a program.
    flags: &'static [&'static str],
    /// The commands before programs.
    commands: &'static [&'static str],
    /// Whether it starts packages of Node.js.
    is_of_node: bool,
}

/// doc.rust-lang.org/cargo/commands; pkg.go.dev/cmd/go; learn.microsoft.com/dotnet/core/tools; docs.gradle.org, "Command-Line Interface";
/// maven.apache.org/ref/current/maven-embedder/cli.html; docs.npmjs.com/cli, "workspaces"; pnpm.io/filtering; nx.dev/nx-api/nx;
/// turborepo.com/docs/reference; docs.nestjs.com/cli/monorepo.
const TOOLS: [Tool; 7] = [
    Tool {
        names: &["cargo"],
        flags: &["-p", "--package", "--bin", "--path", "--manifest-path"],
        commands: &[],
        is_of_node: false,
    },
    Tool { names: &["go"], flags: &["-C"], commands: &["build", "install", "run"], is_of_node: false },
    Tool { names: &["dotnet"], flags: &["--project"], commands: &["publish", "build", "run"], is_of_node: false },
    Tool { names: &["gradle", "gradlew"], flags: &["-p", "--project-dir"], commands: &[], is_of_node: false },
    Tool { names: &["mvn", "mvnw"], flags: &["-pl", "--projects", "-f", "--file"], commands: &[], is_of_node: false },
    Tool {
        names: &["nx", "turbo", "nest"],
        flags: &["--filter", "--scope", "--project", "--projects"],
        commands: &["build", "run", "prune", "serve", "start"],
        is_of_node: true,
    },
    Tool {
        names: &["npm", "yarn", "pnpm", "bun"],
        flags: &["-w", "--workspace", "--filter", "-F", "--prefix", "--cwd", "--scope", "-C"],
        commands: &["workspace", "build"],
        is_of_node: true,
    },
];

/// Flags whose value is no program, and not joined to them by `=`.
const OTHER_FLAGS: [&str; 14] = [
    "-o",
    "--output",
    "-c",
    "--configuration",
    "-r",
    "--runtime",
    "-f",
    "--framework",
    "-a",
    "--arch",
    "-ldflags",
    "-tags",
    "-gcflags",
    "-mod",
];

/// The programs that a `RUN` builds in a working directory, whose folder in the build context is `folder`.
pub(super) fn by_run(text: &str, workdir: &str, folder: &str) -> Vec<Named> {
    let mut folder = folder.to_owned();
    let mut named = Vec::new();
    for command in text.split(['&', ';', '|', '\n', '(', ')']) {
        let words = shlex::split(command).unwrap_or_default();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        if let ["cd", into] = words[..] {
            folder = joined(&folder, within(into, workdir));
            continue;
        }
        let Some((tool, words)) = tool_of(&words) else { continue };
        let mut programs = tool.programs(words);
        if programs.is_empty() {
            programs.push(".".to_owned());
        }
        let programs = programs.into_iter().filter(|word| !word.contains(['$', '*', '!']));
        named.extend(programs.map(|word| Named { folder: folder.clone(), word: within(&word, workdir).to_owned() }));
    }
    named.retain(|program| program.word != "." || !program.folder.is_empty());
    named.truncate(MAX_PROGRAMS);
    named
}

/// The programs that a `COPY --from` copies from a stage, by the paths of what it copies, and those that the stage builds.
pub(super) fn by_copy(paths: &[String], destination: &str, stage: &BuiltImage) -> Made {
    let named = paths.iter().filter_map(|path| {
        let path = absolute(None, path);
        let binary = path.split_once("/target/").and_then(|(_, rest)| rest.rsplit_once("release/"));
        if let Some((_, binary)) = binary.filter(|(_, binary)| !binary.is_empty() && !binary.contains(['/', '*'])) {
            return Some(Named { folder: String::new(), word: binary.to_owned() });
        }
        // What a build writes is below the folder of its program.
        let path = in_context(&stage.copies, &path)?;
        let parts: Vec<&str> = path.split('/').collect();
        let is_output = |part: &&str| OUTPUT_FOLDERS.contains(part) || OUTPUTS_OF_FRAMEWORKS.contains(part);
        let end = parts.iter().position(is_output).filter(|end| *end > 0)?;
        Some(Named { folder: String::new(), word: parts[..end].join("/") })
    });
    let mut of_stage: Vec<Named> = Vec::new();
    for program in stage.made.iter().flat_map(|made| made.programs.iter().chain(&made.of_stage)) {
        if of_stage.len() < MAX_PROGRAMS && !of_stage.contains(program) {
            of_stage.push(program.clone());
        }
    }
    Made { programs: named.take(MAX_PROGRAMS).collect(), of_stage, destination: destination.to_owned() }
}

/// The programs of the build context that the words of a command name, in a container with the image: packages, by a tool of Node.js that
/// starts one of several, and folders, by a script of Node.js that is started.
pub(super) fn by_command(words: &[String], image: &BuiltImage) -> Vec<Named> {
    let workdir = image.workdir.as_deref().unwrap_or("/");
    let scripts = words.iter().flat_map(|word| word.split_whitespace()).filter(|word| {
        let path = Path::new(word);
        !word.starts_with('-') && Language::of(path) == Some(Language::JavaScript)
    });
    let folder = |script: &str| {
        let path = in_context(&image.copies, &absolute(None, &absolute(Some(workdir), script)))?;
        let (folder, _) = path.rsplit_once('/')?;
        // `apps/web/dist/index.js` and `dist/apps/web/index.js` are of `apps/web`.
        let parts: Vec<&str> = folder.split('/').skip_while(|part| OUTPUT_FOLDERS.contains(part)).collect();
        let own: Vec<&str> = parts.into_iter().take_while(|part| !OUTPUT_FOLDERS.contains(part)).collect();
        (!own.is_empty()).then(|| Named { folder: String::new(), word: own.join("/") })
    };
    // The command of another tool starts a file that has to be followed, not a package.
    let is_of_node = |word: &str| TOOLS.iter().any(|tool| tool.is_of_node && tool.names.contains(&word));
    let mut named = Vec::new();
    if words.iter().flat_map(|word| word.split_whitespace()).any(is_of_node) {
        named = by_run(&words.join(" "), workdir, &image.folder().unwrap_or_default());
    }
    named.extend(scripts.filter_map(folder));
    named
}

/// The path in the build context of a path in the image; `None` if nothing that was copied leads there.
pub(super) fn in_context(copies: &[Copied], path: &str) -> Option<String> {
    let places = copies.iter().filter_map(|copied| {
        let [source] = copied.sources.as_slice() else { return None };
        let rest = below(path, &copied.destination)?;
        let source = source.trim_start_matches("./").trim_start_matches('/');
        let (folder, name) = source.trim_end_matches('/').rsplit_once('/').unwrap_or(("", source));
        // A file is copied into a folder.
        let is_file =
            copied.destination.ends_with('/') && !source.ends_with('/') && name.trim_start_matches('.').contains('.');
        let source = if is_file { folder } else { source };
        (!source.contains(['*', '?', '$']))
            .then(|| (copied.destination.trim_end_matches('/').len(), joined(source, rest)))
    });
    places.max_by_key(|(length, _)| *length).map(|(_, path)| path)
}

/// Folders that a build writes into.
pub const OUTPUT_FOLDERS: [&str; 6] = ["target", "build", "dist", "bin", "out", "publish"];

/// Those of Next.js and Nuxt.
const OUTPUTS_OF_FRAMEWORKS: [&str; 2] = [".next", ".output"];

/// A path from the working directory, or as written.
fn within<'w>(word: &'w str, workdir: &str) -> &'w str {
    below(word, workdir).map_or(word, |rest| if rest.is_empty() { "." } else { rest })
}

/// A path of the build context.
pub(super) fn joined(folder: &str, path: &str) -> String {
    absolute(None, &format!("{folder}/{path}")).trim_start_matches('/').to_owned()
}

/// The tool that a command starts, and the words after it: `npx nx build orders`, `CGO_ENABLED=0 go build`.
fn tool_of<'w, 'c>(words: &'c [&'w str]) -> Option<(&'static Tool, &'c [&'w str])> {
    let is_called = |tool: &Tool, word: &str| tool.names.contains(&word.trim_start_matches("./"));
    let mut found = TOOLS.iter().filter_map(|tool| {
        let at = words.iter().position(|word| is_called(tool, word))?;
        Some((tool, &words[at + 1..]))
    });
    // The tools that others start are listed first.
    found.find(|(tool, rest)| tool.commands.is_empty() || !rest.is_empty())
}

impl Tool {
    fn programs(&self, words: &[&str]) -> Vec<String> {
        let mut programs = Vec::new();
        let mut is_after_command = false;
        let mut before = "";
        for &word in words {
            let (flag, value) = word.split_once('=').map_or((word, None), |(flag, value)| (flag, Some(value)));
            if let Some(value) = value.filter(|_| self.flags.contains(&flag)) {
                programs.extend(value.split(',').filter_map(|value| self.plain(value)));
            } else if self.flags.contains(&before) {
                programs.extend(word.split(',').filter_map(|word| self.plain(word)));
            } else if self.names[0] == "gradle" {
                programs.extend(word.rsplit_once(':').and_then(|(project, _)| self.plain(project)));
            } else if self.commands.contains(&word) {
                is_after_command = true;
            } else if is_after_command && !word.starts_with('-') && !OTHER_FLAGS.contains(&before) {
                programs.extend(self.plain(word));
            }
            before = word;
        }
        programs
    }

    /// A program's name or path, without what a tool writes around it: `:orders`, `orders:build`, `orders...`, `./cmd/...`.
    fn plain(&self, word: &str) -> Option<String> {
        let word = word.trim_matches(['{', '}', '^', ':']).trim_end_matches("...").replace('\\', "/");
        let word = match self.names[0] {
            "gradle" => word.replace(':', "/"),
            _ => word.split(':').next().unwrap_or_default().to_owned(),
        };
        (!word.is_empty()).then_some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_names_what_it_builds() {
        for (text, expected) in [
            ("cargo build --release -p orders --bin=worker", &["orders", "worker"][..]),
            ("cargo install --path ./orders", &["./orders"]),
            ("--mount=type=cache,target=/cache CGO_ENABLED=0 go build -o /out/orders ./cmd/orders", &["./cmd/orders"]),
            ("go mod download && go build -ldflags \"-s -w\" -o server cmd/orders/main.go", &["cmd/orders/main.go"]),
            ("dotnet publish \"/srv/Orders/Orders.csproj\" -c Release -o /app", &["Orders/Orders.csproj"]),
            ("./gradlew :orders:bootJar :shop:web:build -x test", &["orders", "shop/web"]),
            ("mvn -B package -pl orders,:web -am", &["orders", "web"]),
            ("npm run build -w @shop/orders", &["@shop/orders"]),
            ("pnpm --filter=orders... build", &["orders"]),
            ("yarn workspace orders build", &["orders"]),
            ("npx nx run orders:build --prod", &["orders"]),
            ("pnpm turbo run build --filter=orders", &["orders"]),
            ("cargo build --bin ${PROGRAM}", &[]),
            ("cargo build --release", &[]),
            ("apk add --no-cache go", &[]),
        ] {
            let found: Vec<String> = by_run(text, "/srv", "").into_iter().map(|named| named.word).collect();
            assert_eq!(found, expected, "{text}");
        }
        let found = by_run("cd orders && npm run build", "/srv/shop", "shop");
        assert_eq!(found, [Named::folder("shop/orders".to_owned())]);
    }

    #[test]
    fn a_path_in_the_image_was_a_path_in_the_context() {
        let copied = |source: &str, destination: &str| Copied {
            sources: vec![source.to_owned()],
            destination: destination.to_owned(),
            line: 1,
        };
        for (source, destination, path, expected) in [
            (".", "/srv", "/srv/orders", Some("orders")),
            ("./orders", "/srv/", "/srv", Some("orders")),
            ("orders/orders.csproj", "/srv/orders/", "/srv/orders", Some("orders")),
            ("go.mod", "/srv/", "/srv/orders", Some("orders")),
            (".", "/srv", "/app", None),
            ("orders/*", "/srv/", "/srv", None),
        ] {
            assert_eq!(in_context(&[copied(source, destination)], path).as_deref(), expected, "{source} {path}");
        }
    }
}
