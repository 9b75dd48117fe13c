//! Dockerfiles: the files from which an image is built, as far as the text shows (docs.docker.com/reference/dockerfile).

mod expand;
mod instruction;
mod made;
mod placed;

use expand::Scope;
use instruction::Instruction;
pub use made::{Made, Named, OUTPUT_FOLDERS};

/// What is read of a Dockerfile at most, so that no text decides how long it takes: far more than the 127 layers an image may have.
const MAX_STAGES: usize = 64;
const MAX_INSTRUCTIONS: usize = 1000;

/// A Dockerfile.
#[derive(Clone, Debug)]
pub struct Dockerfile {
    /// The character that joins lines, `\` unless a directive changes it.
    escape: char,
    /// The `ARG`s before the first stage.
    arguments: Vec<Instruction>,
    stages: Vec<Stage>,
}

#[derive(Clone, Debug)]
struct Stage {
    /// What comes after `AS`, in lower case.
    name: Option<String>,
    /// What it is built from, as written.
    from: String,
    instructions: Vec<Instruction>,
}

/// What the image of a stage holds, through the stages it is built from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BuiltImage {
    /// The image that the first of these stages is built from, as far as its variables are known.
    pub base: String,
    /// The variables that `ENV` sets, in the order of the file; the last one of a name holds.
    pub environment: Vec<ImageVariable>,
    /// The files from the build context, in the order of the Dockerfile.
    pub copies: Vec<Copied>,
    /// What its stages build, and copy from other stages, of the programs in the build context.
    pub made: Vec<Made>,
    /// The last `WORKDIR`; `None` if the base image decides.
    pub workdir: Option<String>,
    /// The words of `ENTRYPOINT`, those of the shell form without the shell; empty if the base image decides or there is none.
    pub entrypoint: Vec<String>,
    /// The words of `CMD`, likewise.
    pub command: Vec<String>,
    /// Whether `HEALTHCHECK` gives it a check.
    pub has_healthcheck: bool,
    /// What its stages run and download, in the order of the file.
    pub steps: Vec<BuildStep>,
}

/// A command that a stage runs, what it downloads, or what it copies from an image that is not built here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuildStep {
    /// Its text, as far as its variables are known.
    pub text: String,
    /// The line of its instruction, from 1.
    pub line: usize,
}

/// A variable that an image sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageVariable {
    /// Its name.
    pub name: String,
    /// Its value. Unknown references stay in it as written.
    pub value: String,
    /// The line of the Dockerfile, from 1.
    pub line: usize,
}

/// Files and folders of the build context that are copied into an image, or from which one of its files was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Their paths in the build context, as written.
    pub sources: Vec<String>,
    /// Their destination: absolute, and with a slash at the end if it is certainly a folder. For files from another stage, it is the place
    /// to which `COPY --from` copies them, or its destination if it copies something else, which may be built from them.
    pub destination: String,
    /// The line, from 1, of the instruction that takes them from the context.
    pub line: usize,
}

/// A stage that is being followed.
#[derive(Clone, Default)]
struct State {
    image: BuiltImage,
    scope: Scope,
}

impl Dockerfile {
    /// Reads a Dockerfile. Lines that are not an instruction are skipped.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (escape, instructions) = instruction::parse(text);
        let mut dockerfile = Self { escape, arguments: Vec::new(), stages: Vec::new() };
        for instruction in instructions.into_iter().take(MAX_INSTRUCTIONS) {
            if instruction.keyword == "FROM" {
                if dockerfile.stages.len() == MAX_STAGES {
                    break;
                }
                dockerfile.stages.extend(Stage::from(&instruction));
            } else if let Some(stage) = dockerfile.stages.last_mut() {
                stage.instructions.push(instruction);
            } else if instruction.keyword == "ARG" {
                dockerfile.arguments.push(instruction);
            }
        }
        dockerfile
    }

    /// The image of a stage, by its name (whose case does not matter) or number from 0; of the last one if `target` is `None`. `args` are
    /// the build arguments, name and value. `None` if the stage does not exist.
    #[must_use]
    pub fn stage(&self, target: Option<&str>, args: &[(String, String)]) -> Option<BuiltImage> {
        let last = match target {
            Some(target) => self.stage_before(self.stages.len(), target)?,
            None => self.stages.len().checked_sub(1)?,
        };
        let mut global = Scope::new(args);
        for argument in &self.arguments {
            global.declare(argument, None, self.escape);
        }
        // Only stages above are ever referred to, so each is known by the time it is needed.
        let mut states: Vec<State> = Vec::new();
        for stage in &self.stages[..=last] {
            let state = self.follow(stage, &states, &global, args);
            states.push(state);
        }
        states.pop().map(|state| state.image)
    }

    /// The number of the stage that `reference` means in the stage `index`; `None` if it is an image.
    fn stage_before(&self, index: usize, reference: &str) -> Option<usize> {
        let reference = reference.to_ascii_lowercase();
        let earlier = &self.stages[..index];
        let named = earlier.iter().rposition(|stage| stage.name.as_ref() == Some(&reference));
        named.or_else(|| reference.parse().ok().filter(|number| *number < index))
    }

    fn follow(&self, stage: &Stage, earlier: &[State], global: &Scope, args: &[(String, String)]) -> State {
        let from = global.expand(&stage.from, self.escape);
        let parent = self.stage_before(earlier.len(), &from).and_then(|number| earlier.get(number));
        let mut state = parent.cloned().unwrap_or_else(|| State {
            image: BuiltImage { base: from, ..BuiltImage::default() },
            scope: Scope::new(args),
        });
        let mut has_own_command = false;
        for instruction in &stage.instructions {
            let State { image, scope } = &mut state;
            match instruction.keyword.as_str() {
                "ARG" => scope.declare(instruction, Some(global), self.escape),
                "ENV" => {
                    // docs.docker.com/reference/dockerfile/#environment-replacement: one instruction sees the values before it.
                    let set = scope.variables(instruction, self.escape);
                    for variable in &set {
                        scope.set(&variable.name, &variable.value);
                    }
                    image.environment.extend(set);
                }
                "WORKDIR" => {
                    let path = scope.expand(instruction.text.trim(), self.escape);
                    image.workdir = Some(absolute(image.workdir.as_deref(), &path));
                }
                "RUN" => image.run(scope.expand(&instruction.text, self.escape), instruction.line),
                "COPY" | "ADD" => {
                    let from = |reference: &str| earlier.get(self.stage_before(earlier.len(), reference)?);
                    copy(image, scope, instruction, self.escape, from);
                }
                "CMD" => {
                    image.command = instruction.command();
                    has_own_command = true;
                }
                "ENTRYPOINT" => {
                    image.entrypoint = instruction.command();
                    // docs.docker.com/reference/dockerfile/#understand-how-cmd-and-entrypoint-interact: it resets what it inherits.
                    if !has_own_command {
                        image.command.clear();
                    }
                }
                "HEALTHCHECK" => image.has_healthcheck = !instruction.text.trim().eq_ignore_ascii_case("NONE"),
                _ => {}
            }
        }
        state
    }
}

impl BuiltImage {
    /// The folder of the build context that its working directory was copied from; `None` if that is not known.
    #[must_use]
    pub fn folder(&self) -> Option<String> {
        made::in_context(&self.copies, self.workdir.as_deref().unwrap_or("/"))
    }

    /// The programs of the build context that a command names.
    #[must_use]
    pub fn named_by(&self, words: &[String]) -> Vec<Named> {
        made::by_command(words, self)
    }

    /// What its stages build and copy: where a command starts a file that is copied from a stage, that alone, as the rest is next to it.
    #[must_use]
    pub fn made_for(&self, words: &[String]) -> Vec<&Made> {
        let workdir = self.workdir.as_deref();
        let paths: Vec<String> = words.iter().map(|word| absolute(workdir, word)).collect();
        let is_started = |made: &&Made| {
            !made.destination.is_empty() && paths.iter().any(|path| below(path, &made.destination).is_some())
        };
        let started: Vec<&Made> = self.made.iter().filter(is_started).collect();
        if started.is_empty() { self.made.iter().collect() } else { started }
    }

    /// Follows a `RUN`.
    fn run(&mut self, text: String, line: usize) {
        let folder = self.folder().unwrap_or_default();
        let programs = made::by_run(&text, self.workdir.as_deref().unwrap_or("/"), &folder);
        self.made.extend((!programs.is_empty()).then(|| Made { programs, ..Made::default() }));
        self.steps.push(BuildStep { text, line });
    }
}

impl Stage {
    /// `FROM [--platform=…] image [AS name]`
    fn from(instruction: &Instruction) -> Option<Self> {
        let mut words = instruction.text.split_whitespace().filter(|word| !word.starts_with("--"));
        let from = words.next()?.to_owned();
        let name = words.next().filter(|word| word.eq_ignore_ascii_case("as")).and_then(|_| words.next());
        Some(Self { name: name.map(str::to_ascii_lowercase), from, instructions: Vec::new() })
    }
}

/// Adds the files that a `COPY` or `ADD` copies from the build context, directly or through the stage that `stage` returns for `--from`.
fn copy<'a>(
    image: &mut BuiltImage,
    scope: &Scope,
    instruction: &Instruction,
    escape: char,
    stage: impl Fn(&str) -> Option<&'a State>,
) {
    let (flags, mut paths) = instruction.paths(escape);
    for path in &mut paths {
        *path = scope.expand(path, escape);
    }
    let Some(destination) = paths.pop() else { return };
    let destination = placed(image.workdir.as_deref(), &destination);
    let Some(from) = flags.iter().find_map(|flag| flag.strip_prefix("--from=")) else {
        // docs.docker.com/reference/dockerfile/#add: an address is downloaded.
        let (downloaded, paths): (Vec<_>, Vec<_>) =
            paths.into_iter().partition(|path| path.contains("://") || path.starts_with("git@"));
        image.steps.extend(downloaded.into_iter().map(|text| BuildStep { text, line: instruction.line }));
        if !paths.is_empty() {
            image.copies.push(Copied { sources: paths, destination, line: instruction.line });
        }
        return;
    };
    let Some(other) = stage(&scope.expand(from, escape)) else {
        image.steps.push(BuildStep { text: instruction.text.clone(), line: instruction.line });
        return;
    };
    let is_new = |step: &&BuildStep| !image.steps.contains(step);
    let steps: Vec<BuildStep> = other.image.steps.iter().filter(is_new).cloned().collect();
    image.steps.extend(steps);
    image.made.push(made::by_copy(&paths, &destination, &other.image));
    // Each is added once, even if files are copied from that stage several times; the folder to which it was copied is more specific than
    // files built from it.
    for copied in &other.image.copies {
        let rest = paths.iter().find_map(|path| below(&copied.destination, &absolute(None, path)));
        let kept =
            rest.map(|rest| if rest.is_empty() { destination.clone() } else { placed(Some(&destination), rest) });
        match image.copies.iter_mut().find(|known| known.line == copied.line) {
            Some(known) => known.destination = kept.unwrap_or_else(|| std::mem::take(&mut known.destination)),
            None => {
                let destination = kept.unwrap_or_else(|| destination.clone());
                image.copies.push(Copied { destination, ..copied.clone() });
            }
        }
    }
    image.copies.sort_by_key(|copied| copied.line);
    image.steps.sort_by_key(|step| step.line);
}

/// The rest of `path` below `folder`; `None` if it is not below.
fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    let rest = path.strip_prefix(folder.trim_end_matches('/'))?;
    match rest {
        "" => Some(""),
        "/" => Some("./"),
        rest => rest.strip_prefix('/'),
    }
}

/// A destination made absolute, with a slash at the end if it is written as a folder.
fn placed(folder: Option<&str>, path: &str) -> String {
    let is_folder = path.ends_with('/') || matches!(path.rsplit('/').next(), Some("." | ".."));
    let path = absolute(folder, path);
    if is_folder && path != "/" { path + "/" } else { path }
}

/// A path made absolute, without `.`, `..` and empty parts; without a folder to begin with it begins at the root.
fn absolute(folder: Option<&str>, path: &str) -> String {
    let folder = folder.filter(|_| !path.starts_with('/')).unwrap_or_default();
    let mut parts = Vec::new();
    for part in folder.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(text: &str) -> BuiltImage {
        Dockerfile::parse(text).stage(None, &[]).expect("a stage")
    }

    fn environment(text: &str) -> Vec<(String, String, usize)> {
        let environment = built(text).environment.into_iter();
        environment.map(|variable| (variable.name, variable.value, variable.line)).collect()
    }

    fn copies(text: &str) -> Vec<(String, String, usize)> {
        let copies = built(text).copies.into_iter();
        copies.map(|copied| (copied.sources.join(" "), copied.destination, copied.line)).collect()
    }

    #[test]
    fn a_health_check_is_inherited_and_can_be_taken_away() {
        for (text, expected) in [
            ("FROM alpine\nHEALTHCHECK CMD nc -z localhost 9092", true),
            ("FROM alpine AS a\nHEALTHCHECK CMD true\nFROM a\nRUN echo", true),
            ("FROM alpine AS a\nHEALTHCHECK CMD true\nFROM a\nHEALTHCHECK none", false),
            ("FROM alpine AS a\nHEALTHCHECK CMD true\nFROM alpine", false),
        ] {
            assert_eq!(built(text).has_healthcheck, expected, "{text}");
        }
    }

    #[test]
    fn a_stage_holds_what_the_stages_below_it_say() {
        let text = "# syntax=docker/dockerfile:1\nARG NODE=22\nFROM node:${NODE}-alpine AS base\nWORKDIR /srv\n\
                    ENV KAFKA_BROKERS=kafka:9092\nCOPY package*.json ./\nCMD [\"npm\", \"start\"]\n\
                    FROM --platform=linux/amd64 Base as web\nWORKDIR web\nCOPY --chown=node web/ .\n\
                    ENTRYPOINT exec node 'the server.js'\n";
        let dockerfile = Dockerfile::parse(text);
        let base = BuiltImage {
            base: "node:22-alpine".to_owned(),
            environment: vec![ImageVariable {
                name: "KAFKA_BROKERS".to_owned(),
                value: "kafka:9092".to_owned(),
                line: 5,
            }],
            copies: vec![Copied {
                sources: vec!["package*.json".to_owned()],
                destination: "/srv/".to_owned(),
                line: 6,
            }],
            made: Vec::new(),
            workdir: Some("/srv".to_owned()),
            entrypoint: Vec::new(),
            command: vec!["npm".to_owned(), "start".to_owned()],
            has_healthcheck: false,
            steps: Vec::new(),
        };
        assert_eq!(dockerfile.stage(Some("BASE"), &[]), Some(base.clone()));
        assert_eq!(dockerfile.stage(Some("0"), &[]), Some(base.clone()));
        let mut web = base;
        web.base = "node:24-alpine".to_owned();
        web.copies.push(Copied { sources: vec!["web/".to_owned()], destination: "/srv/web/".to_owned(), line: 10 });
        web.workdir = Some("/srv/web".to_owned());
        web.entrypoint = vec!["exec".to_owned(), "node".to_owned(), "the server.js".to_owned()];
        web.command = Vec::new();
        assert_eq!(dockerfile.stage(None, &[("NODE".to_owned(), "24".to_owned())]), Some(web));
        assert_eq!(dockerfile.stage(Some("worker"), &[]), None);
        assert_eq!(Dockerfile::parse("# nothing\n").stage(None, &[]), None);
    }

    #[test]
    fn variables_have_the_values_that_the_text_tells() {
        for (text, name, value, line) in [
            ("ENV A b  c ", "A", "b  c", 2),
            ("env A=\"b c\"", "A", "b c", 2),
            ("ENV A=b\\ c", "A", "b c", 2),
            ("ENV Z=1 \\\n  # why\n\n  A=2", "A", "2", 5),
            ("ARG PORT=9092\nENV A=kafka:$PORT", "A", "kafka:9092", 3),
            ("ARG PORT\nENV A=kafka:$PORT", "A", "kafka:", 3),
            ("ENV H=kafka\nENV H=other A=$H", "A", "kafka", 3),
            ("ARG H=one\nENV H=two\nENV A=$H", "A", "two", 4),
            ("ENV A=${H:-kafka}:9092", "A", "kafka:9092", 2),
            ("ENV A=${H-${P:-kafka}}", "A", "kafka", 2),
            ("ENV H=\nENV A=${H:-kafka}${H-no}", "A", "kafka", 3),
            ("ENV H=1\nENV A=${H:+set}${G:+unset}", "A", "set", 3),
            ("ENV A=$PATH:${HOME}/bin", "A", "$PATH:${HOME}/bin", 2),
            ("ENV A='$H' H=1", "A", "$H", 2),
            ("ENV H=1\nENV A=\\$H", "A", "$H", 3),
            ("ENV A=${H", "A", "${H", 2),
        ] {
            let text = format!("FROM alpine\n{text}\n");
            let found = environment(&text).into_iter().rfind(|(found, ..)| found == name);
            assert_eq!(found, Some((name.to_owned(), value.to_owned(), line)), "{text}");
        }
    }

    #[test]
    fn an_argument_above_the_stages_holds_where_it_is_declared_again() {
        let text = "ARG HOST=kafka\nARG PORT=9092\nFROM alpine\nARG HOST\nENV A=$HOST:$PORT\n";
        assert_eq!(environment(text), [("A".to_owned(), "kafka:$PORT".to_owned(), 5)]);
    }

    #[test]
    fn a_directive_chooses_what_joins_lines() {
        let text = "# escape=`\nFROM windows\nENV A=c:\\data `\n  B=2\n";
        assert_eq!(
            environment(text),
            [("A".to_owned(), "c:\\data".to_owned(), 3), ("B".to_owned(), "2".to_owned(), 4)]
        );
    }

    #[test]
    fn here_documents_are_no_instructions() {
        let text = "FROM alpine\nRUN <<EOF\nENV A=1\nEOF\nCOPY <<-\"END\" /a\n\tENV B=2\n\tEND\nENV C=3\n";
        assert_eq!(environment(text), [("C".to_owned(), "3".to_owned(), 8)]);
        assert_eq!(copies(text), []);
    }

    #[test]
    fn copies_through_a_stage_are_those_of_the_context() {
        for (instructions, expected) in [
            ("COPY src lib /app/", vec![("src lib", "/app/", 5)]),
            ("COPY [\"my src\", \"/app\"]", vec![("my src", "/app", 5)]),
            ("ADD https://example.org/x.tgz /x", vec![]),
            ("COPY --from=nginx:1 /etc/nginx /etc/nginx", vec![]),
            ("COPY --from=build /go/bin/app /app", vec![(".", "/app", 3)]),
            ("COPY --from=0 /go/src/ /srv/", vec![(".", "/srv/", 3)]),
            ("COPY --from=build /go /srv", vec![(".", "/srv/src", 3)]),
            ("COPY --from=build /bin/app /app\nCOPY --from=build /go/src /srv", vec![(".", "/srv", 3)]),
        ] {
            let text = format!("FROM golang AS build\nWORKDIR /go\nCOPY . src\nFROM scratch\n{instructions}");
            let expected: Vec<_> =
                expected.into_iter().map(|(from, to, line)| (from.to_owned(), to.to_owned(), line)).collect();
            assert_eq!(copies(&text), expected, "{text}");
        }
    }

    #[test]
    fn a_command_outlives_an_entry_point_of_its_own_stage_only() {
        for (text, expected) in [
            ("FROM alpine\nCMD [\"serve\"]\nENTRYPOINT [\"app\"]", vec!["serve"]),
            ("FROM alpine AS a\nCMD [\"serve\"]\nFROM a\nENTRYPOINT [\"app\"]", vec![]),
            ("FROM alpine\nCMD python -m shop \\\n  --port 80", vec!["python", "-m", "shop", "--port", "80"]),
            ("FROM alpine\nCMD echo 'open", vec!["echo", "'open"]),
        ] {
            assert_eq!(built(text).command, expected, "{text}");
        }
    }

    #[test]
    fn no_text_makes_it_grow_or_recurse() {
        let doubled = format!("FROM alpine\nENV A=kafka\n{}", "ENV A=$A$A\n".repeat(60));
        assert!(environment(&doubled).iter().all(|(_, value, _)| value.len() <= 8192));
        let nested = format!("FROM alpine\nENV A={}{}", "${A:-".repeat(100_000), "}".repeat(100_000));
        assert_eq!(environment(&nested).len(), 1);
        let stages = "FROM alpine\n".to_owned() + &"FROM 0\nCOPY --from=0 . .\n".repeat(1000);
        assert_eq!(built(&stages).base, "alpine");
    }
}
