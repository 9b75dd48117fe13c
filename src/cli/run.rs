//! The commands. Results (findings, a diff, a fixed file) go to standard output, messages to standard error.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::num::NonZeroUsize;
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::CommandFactory;

use crate::cli::args::{Cli, Command, DiffFormat, FindingsFormat, FixFormat, PageFormat, ProjectArgs, StatusFormat};
use crate::cli::ask;
use crate::cli::below;
use crate::cli::diffs::{Diffs, from_root};
use crate::cli::exit::Exit;
use crate::cli::fence::{fenced, note_panics};
use crate::cli::here;
use crate::cli::markdown::Report;
use crate::cli::progress::Progress;
use crate::cli::recreate::recreate_command;
use crate::cli::requests::{Requests, canonical};
use crate::cli::settings;
use crate::cli::signals;
use crate::cli::streams::Streams;
use crate::cli::tally::Tally;
use crate::cli::targets::{Failure, Target};
use crate::cli::work::{Done, Need, Pipeline, Work};
use crate::cli::write::{PlannedWrite, write_all};
use crate::fixer::Outcome;
use crate::report::concise::to_concise;
use crate::report::explanation;
use crate::report::findings::{FindingReport, to_json};
use crate::report::github::to_github;
use crate::report::gitlab::to_gitlab;
use crate::report::junit::to_junit;
use crate::report::markdown::Stage;
use crate::report::pages;
use crate::report::repairs::repairs;
use crate::report::sarif::to_sarif;
use crate::report::statistics::to_statistics;
use crate::report::status::{ProjectStatus, Status};
use crate::report::text::render;
use crate::report::undecided::{self, Undecided, undecided};
use crate::rules::{Found, Options, RULES, Rule, Scope, explain};
use crate::source::without_dots;
use crate::text::shown;

/// Runs a command. Faults of a project are reported on standard error and in the [`Exit`], as is everything that keeps the run from doing
/// what it was asked for.
#[must_use]
pub fn run(cli: Cli) -> Exit {
    let plain = Streams::new(&cli);
    let cli = match settings::apply(cli) {
        Ok(cli) => cli,
        Err(message) => return plain.error(&message),
    };
    let session = Session(Streams::new(&cli));
    let done = session.run(&cli);
    let exit = done.unwrap_or_else(|error| session.0.error(&format!("{error:#}")));
    let exits_zero = cli.command.project_args().is_some_and(|project| project.exit_zero);
    let exit = if exits_zero && exit == Exit::Findings { Exit::Done } else { exit };
    session.0.finish(exit)
}

/// One run.
pub(super) struct Session(pub(super) Streams);

impl Session {
    fn run(&self, cli: &Cli) -> anyhow::Result<Exit> {
        if cli.command.project_args().is_some_and(|args| args.show_settings) {
            self.0.out(&settings::shown(cli)?);
            return Ok(Exit::Done);
        }
        match &cli.command {
            Command::Check { project, show_files: true, .. } => self.show_files(project),
            Command::Check { project, format: Some(FindingsFormat::Markdown), .. } => self.report(project, false),
            Command::Check { project, statistics: true, .. } => self.check(project, None),
            Command::Check { project, format, .. } => self.check(project, Some(format.unwrap_or(FindingsFormat::Text))),
            Command::Diff { project, format: DiffFormat::Markdown } => self.report(project, true),
            Command::Diff { project, format: DiffFormat::Json } => self.plan(project),
            Command::Apply { plan } => self.apply(plan),
            Command::Diff { project, format: DiffFormat::Text } => self.diff(project),
            Command::Fix { project, strict, format, interactive } => self.fix(project, *strict, *format, *interactive),
            Command::Status { project, format } => self.status(project, *format),
            Command::Explain { all, format, files, words } => self.explain(*all, *format, files, words),
            Command::Completions { shell } => self.completions(*shell),
            Command::Man => self.man(),
        }
    }

    /// The findings in a format; without one, how many each rule has.
    fn check(&self, args: &ProjectArgs, format: Option<FindingsFormat>) -> anyhow::Result<Exit> {
        let options = args.options();
        let mut reports = Vec::new();
        let mut unknown = Vec::new();
        let mut tally = Tally::default();
        let exit = self.each_project(args, &options, Need::Findings, &mut tally, |work, tally| {
            let Done::Found(found) = work.done else { return Ok(Exit::Done) };
            let (analysis, Found { mut findings, ignored, comments, .. }) = *found;
            tally.add_ignored(&ignored, &comments, &analysis.files);
            let exit = if findings.is_empty() { Exit::Done } else { Exit::Findings };
            let undecided = tally.add_undecided(undecided(&analysis, findings.iter().chain(&ignored), &options));
            tally.add_findings(&mut findings, &analysis.files);
            tally.add_fixable(&findings, options.threshold);
            match format {
                Some(FindingsFormat::Text) => {
                    self.0.out(&render(&findings, &analysis.files, self.0.out_screen));
                    self.0.out(&undecided::to_text(&undecided));
                }
                Some(FindingsFormat::Json) | None => unknown.extend(undecided),
                _ => self.0.talk(&undecided::to_text(&undecided)),
            }
            if format != Some(FindingsFormat::Text) {
                reports.extend(findings.iter().map(|finding| FindingReport::of(finding, &analysis.files)));
            }
            Ok(exit)
        })?;
        self.0.out(&formatted(reports, &unknown, &tally.failures, format)?);
        if tally.has_fixable() {
            self.0.talk("`composefix diff` shows the fixes; `composefix fix` applies them\n");
        }
        Ok(tally.exit(exit))
    }

    fn diff(&self, args: &ProjectArgs) -> anyhow::Result<Exit> {
        let options = args.options();
        let mut diffs = Diffs::default();
        let mut tally = Tally::default();
        let exit = self.each_project(args, &options, Need::Fixes, &mut tally, |work, tally| {
            let Done::Fixed(outcome) = work.done else { return Ok(Exit::Done) };
            tally.add_repairs(&outcome);
            let is_empty = outcome.changed.is_empty() && outcome.left.findings.is_empty();
            // Nothing is written, so places are those before the fixes, except for findings that only the fixes cause.
            let mut left = outcome.left_before();
            tally.add_ignored(&outcome.before.ignored, &outcome.before.comments, &outcome.files_before);
            tally.add_findings(&mut left, &outcome.files_before);
            self.0.talk(&render(&left, &outcome.files_before, self.0.err_screen));
            let mut uncovered = outcome.uncovered();
            tally.add_findings(&mut uncovered, outcome.files());
            self.0.talk(&render(&uncovered, outcome.files(), self.0.err_screen));
            let undecided = tally.add_undecided(undecided(&outcome.analysis, outcome.left.all(), &options));
            self.0.talk(&undecided::to_text(&undecided));
            diffs.add(outcome.changed);
            Ok(if is_empty { Exit::Done } else { Exit::Findings })
        })?;
        self.0.out(&diffs.render(self.0.out_screen.colour));
        Ok(tally.exit(exit))
    }

    fn fix(&self, args: &ProjectArgs, strict: bool, format: FixFormat, interactive: bool) -> anyhow::Result<Exit> {
        let mut options = args.options();
        let mut args = args.clone();
        if interactive {
            if args.paths.iter().any(|path| path == Path::new("-")) {
                return Ok(self
                    .0
                    .error("--interactive: pass the path of a file instead of -; standard input has your answers"));
            }
            options.approval = Some(ask::approval(self.0.err_screen.colour));
            // One question at a time.
            args.jobs = NonZeroUsize::new(1);
        }
        let mut tally = Tally::of_repairs_made();
        let mut report = (format == FixFormat::Markdown).then(|| Report::new(Stage::Made));
        let exit = self.each_project(&args, &options, Need::Written, &mut tally, |work, tally| {
            let Work { target, done, .. } = work;
            let Done::Fixed(mut outcome) = done else { return Ok(Exit::Done) };
            if target.stdin.is_some() && format == FixFormat::Markdown {
                let message =
                    "--format markdown: pass the path of a file instead of -, which prints the fixed file to standard output";
                return Err(Failure::Argument(message.to_owned()));
            }
            if let Some(own) = &target.stdin {
                self.0.out(&fixed_text(own, &outcome)?);
            } else {
                let writes: Vec<PlannedWrite> = outcome
                    .changed
                    .iter()
                    .map(|changed| PlannedWrite {
                        path: changed.path.clone(),
                        before: Arc::clone(&changed.before),
                        after: changed.after.to_string(),
                    })
                    .collect();
                write_all(&writes, &target.border).map_err(|error| error.to_string())?;
            }
            // What was not written is not counted.
            tally.add_repairs(&outcome);
            if let Some(report) = &mut report {
                report.add(&target, &outcome);
            }
            self.tell_repairs(&target, &outcome);
            let is_whole = outcome.left.findings.is_empty();
            self.tell_left(&mut outcome, &options, tally);
            Ok(if strict && !is_whole { Exit::Findings } else { Exit::Done })
        })?;
        if let Some(report) = report {
            self.0.out(&report.render(&tally.failures, &Diffs::default()));
        }
        Ok(if strict { tally.exit(exit) } else { exit })
    }

    fn status(&self, args: &ProjectArgs, format: StatusFormat) -> anyhow::Result<Exit> {
        let options = args.options();
        let mut projects = Vec::new();
        let mut tally = Tally::default();
        let exit = self.each_project(args, &options, Need::Map, &mut tally, |work, tally| {
            let Done::Found(found) = work.done else { return Ok(Exit::Done) };
            let (analysis, mut found) = *found;
            let scope = Scope::of(&analysis, &options);
            let holds = |name: &str| analysis.project.service_id(name).is_some_and(|id| scope.holds(id));
            projects.push(ProjectStatus::of(&analysis, &found).within(holds));
            tally.add_ignored(&found.ignored, &found.comments, &analysis.files);
            tally.add_findings(&mut found.findings, &analysis.files);
            Ok(Exit::Done)
        })?;
        let status = Status::new(projects, std::mem::take(&mut tally.failures));
        self.0.out(&match format {
            StatusFormat::Text => status.to_text(),
            StatusFormat::Json => status.to_json()?,
        });
        Ok(exit)
    }

    /// Words are the names of rules, a file with a log, or else a log as people paste it; `-` is a log on standard input.
    fn explain(&self, all: bool, format: PageFormat, files: &[PathBuf], words: &[String]) -> anyhow::Result<Exit> {
        if all {
            self.0.out(&pages_of(RULES.iter(), format)?);
            return Ok(Exit::Done);
        }
        if words.is_empty() {
            let rules = RULES.iter().map(|rule| format!("{:32} {}\n", rule.name, rule.summary));
            let examples = explain::examples().map(|example| format!("  {example}\n"));
            self.0.out(&rules.chain(["\nand log messages, such as\n".to_owned()]).chain(examples).collect::<String>());
            // Without a word for it, the log might never end.
            if fs::metadata("/dev/stdin").is_ok_and(|input| input.file_type().is_fifo()) {
                self.0.talk("standard input was not read; `composefix explain -` explains the log there\n");
            }
            return Ok(Exit::Done);
        }
        let rules: Option<Vec<&Rule>> = words.iter().map(|word| Rule::by_name(word)).collect();
        if let Some(rules) = rules {
            self.0.out(&pages_of(rules.into_iter(), format)?);
            return Ok(Exit::Done);
        }
        let found = match words {
            [word] if word == "-" => explain::read(io::stdin().lock())?,
            [path] if Path::new(path).is_file() => explain::read(BufReader::new(File::open(path)?))?,
            _ => explain::read(words.join(" ").as_bytes())?,
        };
        let text = match words {
            _ if !found.observations.is_empty() => explanation::render(&found, here::findings(files).as_deref()),
            [word] if Rule::is_like_a_name(word) => {
                let message = format!("`{word}` is not a rule or a known log message; {}", Rule::advice(word));
                return Ok(self.0.error(&message));
            }
            [path] if is_like_a_path(path) && !Path::new(path).is_file() => {
                return Ok(self.0.error(&format!("`{path}` is not a file; pass a log message, a rule, or `-`")));
            }
            _ if found.lines > 1 => explanation::unknown(&found),
            _ => return Ok(self.0.error_lines(&explanation::unknown(&found))),
        };
        self.0.out(&self.0.out_screen.wrap_lines(&text));
        Ok(Exit::Done)
    }

    fn completions(&self, shell: clap_complete::Shell) -> anyhow::Result<Exit> {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "composefix", &mut script);
        self.0.out(&String::from_utf8(script)?);
        Ok(Exit::Done)
    }

    /// The manual page of the program, followed by those of its commands.
    fn man(&self) -> anyhow::Result<Exit> {
        let mut program = Cli::command();
        program.build();
        let mut pages = Vec::new();
        let commands = program.get_subcommands().filter(|command| command.get_name() != "help");
        for command in std::iter::once(&program).chain(commands) {
            clap_mangen::Man::new(command.clone()).render(&mut pages)?;
        }
        self.0.out(&String::from_utf8(pages)?);
        Ok(Exit::Done)
    }

    /// Runs a job for every project; failures are reported, and the other projects continue.
    pub(super) fn each_project(
        &self,
        args: &ProjectArgs,
        options: &Options,
        need: Need,
        tally: &mut Tally,
        mut job: impl FnMut(Work, &mut Tally) -> Result<Exit, Failure>,
    ) -> anyhow::Result<Exit> {
        note_panics();
        signals::wait_for_writes();
        let mut exit = Exit::Done;
        let requests = Requests::of(args);
        tally.has_compose_file = requests.has_compose_file;
        let mut progress = Progress::of(requests.list.len(), !self.0.is_quiet() && options.approval.is_none());
        let mut read = HashSet::new();
        let mut each = |work: Result<Work, Failure>| {
            let result = work.and_then(|mut work| {
                let name = work.target.name();
                tally.add_project(work.done.analysis(), work.may_share);
                if !requests.has_tree {
                    read.extend(work.done.analysis().project.sources.iter().map(|source| canonical(&source.path)));
                }
                // If nothing is written, places are those before the fixes.
                let remarks = match need {
                    Need::Written => work.target.remarks(work.done.analysis()),
                    _ => std::mem::take(&mut work.target.remarks),
                };
                self.0.talk(&remarks.notes);
                tally.rejected += usize::from(!remarks.rejections.is_empty());
                for message in remarks.rejections {
                    self.fail(tally, message);
                }
                match work.done {
                    Done::Refused(_, message) => Err(Failure::Project(message)),
                    _ => fenced(&name, || job(work, tally)).unwrap_or_else(|message| Err(Failure::Project(message))),
                }
            });
            exit = exit.max(match result {
                Ok(exit) => exit,
                Err(Failure::LeftOut(message)) => {
                    tally.left_out += 1;
                    self.0.talk(&format!("note: {}\n", shown(&message)));
                    Exit::Done
                }
                Err(Failure::Argument(message) | Failure::NoService(message)) => {
                    tally.errors += 1;
                    self.fail(tally, message)
                }
                Err(Failure::Project(message) | Failure::Foreign(message)) => {
                    tally.refused += 1;
                    self.fail(tally, message)
                }
            });
        };
        let mut stepping = |work| progress.step_around(|| each(work));
        Pipeline { args, options, need }.run(&requests, &mut stepping)?;
        drop(progress);
        let below =
            (!self.0.is_quiet() && !requests.has_tree && !read.is_empty()).then(|| below::note(args, &read)).flatten();
        self.0.talk(&below.unwrap_or_default());
        self.0.talk(&tally.remarks());
        self.0.talk(&tally.summary());
        Ok(exit)
    }

    /// Prints the changed files, their fixes, and the command that applies them.
    fn tell_repairs(&self, target: &Target, outcome: &Outcome) {
        if outcome.changed.is_empty() {
            return;
        }
        let paths = outcome.changed.iter().map(|changed| changed.path.display().to_string());
        let mut lines = vec![paths.collect::<Vec<_>>().join(", ")];
        lines.extend(repairs(outcome).into_iter().map(|repair| format!("  {repair}")));
        let command = recreate_command(target, outcome).filter(|_| target.stdin.is_none());
        lines.extend(
            command.map(|command| format!("  then recreate the containers (a restart is not enough): {command}")),
        );
        self.0.talk(&lines.iter().map(|line| format!("{}\n", shown(line))).collect::<String>());
    }

    /// Reports what failed, and keeps it for formats that are for programs.
    fn fail(&self, tally: &mut Tally, message: String) -> Exit {
        let exit = self.0.error(&message);
        tally.failures.push(shown(&message));
        exit
    }

    /// Prints the remaining findings.
    fn tell_left(&self, outcome: &mut Outcome, options: &Options, tally: &mut Tally) {
        let Outcome { left, analysis, .. } = outcome;
        let undecided = tally.add_undecided(undecided(analysis, left.all(), options));
        tally.add_ignored(&left.ignored, &left.comments, &analysis.files);
        tally.add_findings(&mut left.findings, &analysis.files);
        self.0.talk(&render(&left.findings, &analysis.files, self.0.err_screen));
        self.0.talk(&undecided::to_text(&undecided));
    }
}

/// Whether a word is meant as the path of a log.
fn is_like_a_path(word: &str) -> bool {
    let is_log = Path::new(word).extension().is_some_and(|extension| extension == "log" || extension == "txt");
    !word.contains(char::is_whitespace) && (is_log || word.contains('/') && !word.contains(':'))
}

/// The pages of rules.
fn pages_of<'r>(rules: impl Iterator<Item = &'r Rule>, format: PageFormat) -> serde_json::Result<String> {
    match format {
        PageFormat::Text => Ok(rules.map(Rule::plain_page).collect::<Vec<_>>().join("\n")),
        PageFormat::Json => pages::to_json(rules),
    }
}

/// Renders a format that contains all findings.
fn formatted(
    mut reports: Vec<FindingReport>,
    undecided: &[Undecided],
    failures: &[String],
    format: Option<FindingsFormat>,
) -> serde_json::Result<String> {
    if matches!(format, Some(FindingsFormat::Gitlab | FindingsFormat::Sarif | FindingsFormat::Github)) {
        from_root(&mut reports);
    }
    Ok(match format {
        None => to_statistics(&reports),
        Some(FindingsFormat::Text | FindingsFormat::Markdown) => String::new(),
        Some(FindingsFormat::Concise) => to_concise(&reports),
        Some(FindingsFormat::Json) => to_json(&reports, undecided, failures)?,
        Some(FindingsFormat::Sarif) => to_sarif(&reports, failures)?,
        Some(FindingsFormat::Github) => to_github(&reports, failures),
        Some(FindingsFormat::Gitlab) => to_gitlab(&reports)?,
        Some(FindingsFormat::Junit) => to_junit(&reports, failures),
    })
}

/// What standard output gets of a file that came by standard input: its text.
fn fixed_text(own: &Path, outcome: &Outcome) -> Result<Arc<str>, Failure> {
    if let Some(other) = outcome.changed.iter().find(|changed| without_dots(&changed.path) != own) {
        let message = format!("{} needs a change too; pass the path of the file instead of -", other.path.display());
        return Err(message.into());
    }
    if let Some(changed) = outcome.changed.first() {
        return Ok(Arc::clone(&changed.after));
    }
    let source = outcome.analysis.project.sources.iter().find(|source| without_dots(&source.path) == own);
    let file = source.ok_or_else(|| format!("{} is not a file of the project", own.display()))?.file;
    Ok(outcome.files_before.get(file).shared_text())
}
