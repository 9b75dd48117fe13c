//! The verbs of the command line. Standard output gets the artefact alone (a diff, a repaired text, a map), standard error the talk.

use std::io::{self, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

use crate::cli::args::{Cli, ColorChoice, Command, ProjectArgs, StatusFormat};
use crate::cli::exit::Exit;
use crate::cli::write::{PlannedWrite, write_all};
use crate::compose::{Change, Project, Selection};
use crate::discover::{DEFAULT_NAMES, repository_root};
use crate::finding::{Applicability, Finding};
use crate::fixer::{Options, Outcome, fix};
use crate::kafka::topology::Topology;
use crate::report::status::{ProjectStatus, Status};
use crate::report::text::render;
use crate::rules::{Context, RULES, Rule};
use crate::source::Files;
use crate::text::{Colour, terminal_diff, unified_diff, visible};

/// Runs a command.
///
/// # Errors
/// What keeps the program from talking at all: a broken stream other than a closed pipe. Faults of a project are told on standard
/// error, and in the [`Exit`].
pub fn run(cli: &Cli) -> anyhow::Result<Exit> {
    let session = Session::new(cli);
    match &cli.command {
        Command::Check(args) => session.check(args),
        Command::Diff(args) => session.diff(args),
        Command::Fix { project, strict } => session.fix(project, *strict),
        Command::Status { project, format } => session.status(project, *format),
        Command::Explain { rule } => session.explain(rule.as_deref()),
    }
}

/// The streams of one run.
struct Session {
    quiet: bool,
    out_colour: Colour,
    err_colour: Colour,
}

/// A project to work on.
struct Target {
    selection: Selection,
    /// What the user calls it.
    name: String,
    is_stdin: bool,
}

/// The counts of the last line.
#[derive(Default)]
struct Tally {
    read: usize,
    changed: usize,
    repairs: usize,
    left: usize,
    held_back: usize,
    failed: usize,
}

impl Session {
    fn new(cli: &Cli) -> Self {
        let colour = |is_terminal: bool| match cli.color {
            ColorChoice::Always => Colour::Always,
            ColorChoice::Never => Colour::Never,
            ColorChoice::Auto => {
                let wished = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
                let forced = wished("CLICOLOR_FORCE") || wished("FORCE_COLOR");
                if !wished("NO_COLOR") && (is_terminal || forced) { Colour::Always } else { Colour::Never }
            }
        };
        Self {
            quiet: cli.quiet,
            out_colour: colour(io::stdout().is_terminal()),
            err_colour: colour(io::stderr().is_terminal()),
        }
    }

    fn check(&self, args: &ProjectArgs) -> anyhow::Result<Exit> {
        let options = args.options();
        self.each_project(args, &options, |files, target, tally| {
            let outcome = self.outcome(files, target, &options, tally)?;
            // What is found is told as it stands in the file, before any repair.
            let project = Project::load(files, &target.selection).map_err(|error| error.describe(files))?;
            let mut findings = options.findings(&project);
            for finding in &mut findings {
                let same = outcome.left.iter().find(|left| left.is_same(finding));
                if let Some(Err(reason)) = same.map(|left| &left.fix) {
                    finding.fix = Err(reason.clone());
                }
            }
            tally.left = tally.left - outcome.left.len() + findings.len();
            self.out(&render(&findings, files, self.out_colour))?;
            Ok(if findings.is_empty() { Exit::Done } else { Exit::Findings })
        })
    }

    fn diff(&self, args: &ProjectArgs) -> anyhow::Result<Exit> {
        let options = args.options();
        let mut diffs: Vec<(PathBuf, std::sync::Arc<str>, std::sync::Arc<str>)> = Vec::new();
        let exit = self.each_project(args, &options, |files, target, tally| {
            let outcome = self.outcome(files, target, &options, tally)?;
            self.tell_left(&outcome)?;
            let exit = if outcome.changed.is_empty() && outcome.left.is_empty() { Exit::Done } else { Exit::Findings };
            diffs.extend(outcome.changed.into_iter().map(|changed| (changed.path, changed.before, changed.after)));
            Ok(exit)
        })?;
        let root = common_root(&diffs.iter().map(|(path, ..)| path.as_path()).collect::<Vec<_>>());
        let mut shown: Vec<(String, _, _)> =
            diffs.into_iter().map(|(path, before, after)| (relative(&path, root.as_deref()), before, after)).collect();
        shown.sort_by(|a, b| a.0.cmp(&b.0));
        for (path, before, after) in &shown {
            self.out(&match self.out_colour {
                Colour::Never => unified_diff(path, before, after),
                colour @ Colour::Always => terminal_diff(path, before, after, colour),
            })?;
        }
        Ok(exit)
    }

    fn fix(&self, args: &ProjectArgs, strict: bool) -> anyhow::Result<Exit> {
        let options = args.options();
        self.each_project(args, &options, |files, target, tally| {
            let outcome = self.outcome(files, target, &options, tally)?;
            if target.is_stdin {
                let text = match outcome.changed.first() {
                    Some(changed) => changed.after.to_string(),
                    None => files
                        .read(&target.selection.files[0])
                        .map(|id| files.get(id).text().to_owned())
                        .map_err(|error| error.to_string())?,
                };
                self.out(&text)?;
            } else {
                let writes: Vec<PlannedWrite> = outcome
                    .changed
                    .iter()
                    .map(|changed| PlannedWrite {
                        path: changed.path.clone(),
                        before: std::sync::Arc::clone(&changed.before),
                        after: changed.after.to_string(),
                    })
                    .collect();
                write_all(&writes).map_err(|error| error.to_string())?;
            }
            for applied in &outcome.applied {
                self.talk(&format!("{}: {} [{}]\n", applied.service, applied.title, applied.rule))?;
            }
            self.tell_left(&outcome)?;
            let restart = services_to_recreate(&outcome);
            if !restart.is_empty() && !target.is_stdin {
                self.talk(&format!(
                    "now run: docker compose up -d {} (a restart would not apply the change)\n",
                    restart.join(" ")
                ))?;
            }
            Ok(if strict && !outcome.left.is_empty() { Exit::Findings } else { Exit::Done })
        })
    }

    fn status(&self, args: &ProjectArgs, format: StatusFormat) -> anyhow::Result<Exit> {
        let options = args.options();
        let mut projects = Vec::new();
        let exit = self.each_project(args, &options, |files, target, tally| {
            tally.read += 1;
            let project = Project::load(files, &target.selection).map_err(|error| error.describe(files))?;
            let findings = options.findings(&project);
            let context = Context::new(Topology::new(&project, &options.hints));
            projects.push(ProjectStatus::of(&context, &findings, files));
            Ok(Exit::Done)
        })?;
        let status = Status::new(projects);
        self.out(&match format {
            StatusFormat::Text => status.to_text(),
            StatusFormat::Json => status.to_json()?,
        })?;
        Ok(exit)
    }

    fn explain(&self, rule: Option<&str>) -> anyhow::Result<Exit> {
        let text = match rule.and_then(Rule::by_name) {
            Some(rule) => rule.page.to_owned(),
            None => RULES.iter().map(|rule| format!("{:32} {}\n", rule.name, rule.summary)).collect(),
        };
        self.out(&text)?;
        Ok(Exit::Done)
    }

    /// Does a job for every project; what fails is told, and the others go on.
    fn each_project(
        &self,
        args: &ProjectArgs,
        options: &Options,
        mut job: impl FnMut(&mut Files, &Target, &mut Tally) -> Result<Exit, Failure>,
    ) -> anyhow::Result<Exit> {
        let mut tally = Tally::default();
        let mut exit = Exit::Done;
        for path in named_projects(args) {
            let mut files = Files::default();
            let result = target(&mut files, path, args).map_err(Failure::from).and_then(|target| {
                check_hints(&mut files, &target, options)?;
                job(&mut files, &target, &mut tally)
            });
            exit = exit.max(match result {
                Ok(exit) => exit,
                Err(Failure::Stream(error)) => return Err(error.into()),
                Err(Failure::Project(message)) => {
                    tally.failed += 1;
                    write_all_of(&mut io::stderr(), &format!("error: {}\n", visible_lines(&message)))?;
                    Exit::Failed
                }
            });
        }
        self.talk(&tally.summary())?;
        Ok(exit)
    }

    fn outcome(
        &self,
        files: &mut Files,
        target: &Target,
        options: &Options,
        tally: &mut Tally,
    ) -> Result<Outcome, Failure> {
        tally.read += 1;
        let outcome = fix(files, &target.selection, options).map_err(|error| error.describe(files))?;
        tally.changed += outcome.changed.len();
        tally.repairs += outcome.applied.len();
        tally.left += outcome.left.len();
        let held_back =
            |finding: &&Finding| matches!(&finding.fix, Ok(fix) if fix.applicability == Applicability::Unsafe);
        tally.held_back += outcome.left.iter().filter(held_back).count();
        Ok(outcome)
    }

    /// What no edit mends is told in every mode.
    fn tell_left(&self, outcome: &Outcome) -> io::Result<()> {
        self.talk(&render(&outcome.left, &outcome.files, self.err_colour))
    }

    fn out(&self, text: &str) -> io::Result<()> {
        write_all_of(&mut io::stdout().lock(), text)
    }

    fn talk(&self, text: &str) -> io::Result<()> {
        if self.quiet { Ok(()) } else { write_all_of(&mut io::stderr().lock(), text) }
    }
}

/// Why a job ended early.
enum Failure {
    /// The project cannot be worked on: a message for people.
    Project(String),
    /// Nobody can be told anything any more.
    Stream(io::Error),
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Project(message)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Stream(error)
    }
}

impl Tally {
    fn summary(&self) -> String {
        let files = |count: usize| if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
        let mut parts = vec![format!("{} read", files(self.read))];
        if self.changed > 0 {
            parts.push(format!("{} changed, {} made", self.changed, plural(self.repairs, "repair")));
        }
        if self.left > 0 {
            parts.push(plural(self.left, "finding"));
        }
        if self.held_back > 0 {
            parts.push(format!("{} held back (--unsafe-fixes makes them)", plural(self.held_back, "unsafe repair")));
        }
        if self.failed > 0 {
            parts.push(format!("{} refused", self.failed));
        }
        format!("{}\n", parts.join("; "))
    }
}

fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// Each project that the arguments name: all `--file`s are one, every path is one.
fn named_projects(args: &ProjectArgs) -> Vec<Option<&Path>> {
    if args.files.is_empty() { args.paths.iter().map(|path| Some(path.as_path())).collect() } else { vec![None] }
}

/// The project that a path means, or without one that of the `--file`s; standard input is read here.
fn target(files: &mut Files, path: Option<&Path>, args: &ProjectArgs) -> Result<Target, String> {
    let Some(path) = path else {
        let name = args.files.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
        let selection = Selection { files: args.files.clone(), env_files: args.env_files.clone() };
        return Ok(Target { selection, name, is_stdin: false });
    };
    let name = path.display().to_string();
    let selection = |path: PathBuf| Selection { files: vec![path], env_files: args.env_files.clone() };
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map_err(|error| format!("standard input: {error}"))?;
        let text = String::from_utf8(bytes).map_err(|_| "standard input is not UTF-8".to_owned())?;
        files.insert(args.stdin_filename.clone(), text);
        return Ok(Target { selection: selection(args.stdin_filename.clone()), name, is_stdin: true });
    }
    if !path.is_dir() {
        return Ok(Target { selection: selection(path.to_owned()), name, is_stdin: false });
    }
    let directory = if path == Path::new(".") { Path::new("") } else { path };
    match Selection::directory(files, directory).map_err(|error| error.describe(files))? {
        Some(found) => {
            Ok(Target { selection: Selection { env_files: args.env_files.clone(), ..found }, name, is_stdin: false })
        }
        None => Err(format!("{name}: no compose file here ({}); name one", DEFAULT_NAMES.join(", "))),
    }
}

/// A service that the user names must be there.
fn check_hints(files: &mut Files, target: &Target, options: &Options) -> Result<(), Failure> {
    let hints = &options.hints;
    let named: Vec<&String> = hints.services.iter().chain(&hints.excluded).chain(&hints.broker).collect();
    if named.is_empty() {
        return Ok(());
    }
    let project = Project::load(files, &target.selection).map_err(|error| error.describe(files))?;
    for name in named {
        if project.service(name).is_none() {
            let names: Vec<&str> = project.services.iter().map(|service| service.name.as_str()).collect();
            let path = &target.name;
            return Err(Failure::Project(format!(
                "{path}: there is no service `{name}`; there are {}",
                names.join(", ")
            )));
        }
    }
    Ok(())
}

/// The services that Compose makes anew after the repairs: a changed environment or health check counts, a dependency does not
/// (docker/compose 2.40.3, pkg/compose/hash.go).
fn services_to_recreate(outcome: &Outcome) -> Vec<&str> {
    let mut services: Vec<&str> = Vec::new();
    for change in &outcome.changes {
        let counts = !matches!(change, Change::Dependency { .. });
        if let Some(service) = change.service().filter(|service| counts && !services.contains(service)) {
            services.push(service);
        }
    }
    services
}

/// The repository that holds all of the paths; none if they are not all in one.
fn common_root(paths: &[&Path]) -> Option<PathBuf> {
    let mut roots = paths.iter().map(|path| repository_root(path));
    let first = roots.next()??;
    roots.all(|root| root.as_ref() == Some(&first)).then_some(first)
}

/// A path for a diff: relative to the repository, else as given, with slashes.
fn relative(path: &Path, root: Option<&Path>) -> String {
    let inside = root.and_then(|root| Some(path.canonicalize().ok()?.strip_prefix(root).ok()?.to_owned()));
    let current = || {
        let directory = std::env::current_dir().ok()?.canonicalize().ok()?;
        Some(path.canonicalize().ok()?.strip_prefix(directory).ok()?.to_owned())
    };
    let shown = inside.or_else(current).unwrap_or_else(|| path.to_owned());
    let parts = shown.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    parts.filter(|part| part != "." && part != "/").collect::<Vec<_>>().join("/")
}

fn visible_lines(text: &str) -> String {
    text.lines().map(visible).collect::<Vec<_>>().join("\n")
}

/// Writes a text; that nobody reads on is no failure.
fn write_all_of(stream: &mut impl Write, text: &str) -> io::Result<()> {
    match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
