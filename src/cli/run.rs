//! The verbs of the command line. Standard output gets the artefact alone (a diff, a repaired text, a map), standard error the talk.

use std::collections::HashSet;
use std::io::{self, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use clap::CommandFactory;

use crate::cli::args::{
    Cli, ColorChoice, Command, DiffFormat, FindingsFormat, FixFormat, PageFormat, ProjectArgs, StatusFormat,
};
use crate::cli::ask;
use crate::cli::below;
use crate::cli::diffs::Diffs;
use crate::cli::exit::Exit;
use crate::cli::fence::{fenced, note_panics};
use crate::cli::markdown::Report;
use crate::cli::paths::from_repository;
use crate::cli::progress::Progress;
use crate::cli::recreate::recreate_command;
use crate::cli::requests::{Requests, canonical};
use crate::cli::settings;
use crate::cli::signals;
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
use crate::rules::{Found, Options, RULES, Rule, explain};
use crate::text::{Colour, visible};

/// Runs a command.
///
/// # Errors
/// What keeps the program from talking at all: a broken stream other than a closed pipe. Faults of a project are told on standard
/// error, and in the [`Exit`].
pub fn run(cli: Cli) -> anyhow::Result<Exit> {
    let cli = match settings::apply(cli) {
        Ok(cli) => cli,
        Err(message) => return Ok(tell_error(&message)?),
    };
    let session = Session::new(&cli);
    if cli.command.project_args().is_some_and(|args| args.show_settings) {
        session.out(&settings::shown(&cli)?)?;
        return Ok(Exit::Done);
    }
    match &cli.command {
        Command::Check { project, show_files: true, .. } => session.show_files(project),
        Command::Check { project, format: Some(FindingsFormat::Markdown), .. } => session.report(project, false),
        Command::Check { project, statistics: true, .. } => session.check(project, None),
        Command::Check { project, format, .. } => session.check(project, Some(format.unwrap_or(FindingsFormat::Text))),
        Command::Diff { project, format: DiffFormat::Markdown } => session.report(project, true),
        Command::Diff { project, format: DiffFormat::Json } => session.plan(project),
        Command::Apply { plan } => session.apply(plan),
        Command::Diff { project, format: DiffFormat::Text } => session.diff(project),
        Command::Fix { project, strict, format, interactive } => session.fix(project, *strict, *format, *interactive),
        Command::Status { project, format } => session.status(project, *format),
        Command::Explain { all, format, words } => session.explain(*all, *format, words),
        Command::Completions { shell } => session.completions(*shell),
        Command::Man => session.man(),
    }
}

/// The streams of one run.
pub(super) struct Session {
    quiet: bool,
    out_colour: Colour,
    err_colour: Colour,
}

impl Session {
    fn new(cli: &Cli) -> Self {
        let colour = |is_terminal: bool| match cli.color.unwrap_or(ColorChoice::Auto) {
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

    /// The findings in a format; without one, how many each rule has.
    fn check(&self, args: &ProjectArgs, format: Option<FindingsFormat>) -> anyhow::Result<Exit> {
        let options = args.options();
        let mut reports = Vec::new();
        let mut tally = Tally::default();
        let exit = self.each_project(args, &options, Need::Findings, &mut tally, |work, tally| {
            let Done::Found(found) = work.done else { return Ok(Exit::Done) };
            let (analysis, Found { mut findings, ignored, comments, .. }) = *found;
            tally.add_ignored(&ignored, &comments, &analysis.files);
            let exit = if findings.is_empty() { Exit::Done } else { Exit::Findings };
            tally.add_findings(&mut findings, &analysis.files);
            tally.add_fixable(&findings, options.threshold);
            match format {
                Some(FindingsFormat::Text) => self.out(&render(&findings, &analysis.files, self.out_colour))?,
                _ => reports.extend(findings.iter().map(|finding| FindingReport::of(finding, &analysis.files))),
            }
            Ok(exit)
        })?;
        self.out(&formatted(reports, &tally.failures, format)?)?;
        if tally.has_fixable() {
            self.talk("`composefix diff` shows the repairs, `composefix fix` makes them\n")?;
        }
        Ok(if tally.rejected > 0 { exit.max(Exit::Findings) } else { exit })
    }

    fn diff(&self, args: &ProjectArgs) -> anyhow::Result<Exit> {
        let options = args.options();
        let mut diffs = Diffs::default();
        let mut tally = Tally::default();
        let exit = self.each_project(args, &options, Need::Fixes, &mut tally, |work, tally| {
            let Done::Fixed(outcome) = work.done else { return Ok(Exit::Done) };
            tally.add_repairs(&outcome);
            let is_empty = outcome.changed.is_empty() && outcome.left.findings.is_empty();
            // Nothing is written, so that places are those before the repairs, but for what only these bring about.
            let mut left = outcome.left_before();
            tally.add_ignored(&outcome.before.ignored, &outcome.before.comments, &outcome.files_before);
            tally.add_findings(&mut left, &outcome.files_before);
            self.talk(&render(&left, &outcome.files_before, self.err_colour))?;
            let mut uncovered = outcome.uncovered();
            tally.add_findings(&mut uncovered, outcome.files());
            self.talk(&render(&uncovered, outcome.files(), self.err_colour))?;
            diffs.add(outcome.changed);
            Ok(if is_empty { Exit::Done } else { Exit::Findings })
        })?;
        self.out(&diffs.render(self.out_colour))?;
        Ok(if tally.rejected > 0 { exit.max(Exit::Findings) } else { exit })
    }

    fn fix(&self, args: &ProjectArgs, strict: bool, format: FixFormat, interactive: bool) -> anyhow::Result<Exit> {
        let mut options = args.options();
        let mut args = args.clone();
        if interactive {
            if args.paths.iter().any(|path| path == Path::new("-")) {
                return Ok(tell_error(
                    "--interactive: name the file in place of -, as standard input has the answers",
                )?);
            }
            options.approval = Some(ask::approval(self.err_colour));
            // One question at a time.
            args.jobs = NonZeroUsize::new(1);
        }
        let mut tally = Tally::of_repairs_made();
        let mut report = Report::new(Stage::Made);
        let exit = self.each_project(&args, &options, Need::Written, &mut tally, |work, tally| {
            let Work { target, done, .. } = work;
            let Done::Fixed(mut outcome) = done else { return Ok(Exit::Done) };
            tally.add_repairs(&outcome);
            if target.is_stdin && format == FixFormat::Markdown {
                let message = "--format markdown: name the file in place of -, whose standard output is the fixed text";
                return Err(Failure::Argument(message.to_owned()));
            }
            if target.is_stdin {
                self.out(&fixed_text(&target, &outcome)?)?;
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
            report.add(&target, &outcome);
            self.tell_repairs(&target, &outcome)?;
            let is_whole = outcome.left.findings.is_empty();
            self.tell_left(&mut outcome, tally)?;
            Ok(if strict && !is_whole { Exit::Findings } else { Exit::Done })
        })?;
        if format == FixFormat::Markdown {
            self.out(&report.render(&tally.failures, &Diffs::default()))?;
        }
        Ok(exit)
    }

    fn status(&self, args: &ProjectArgs, format: StatusFormat) -> anyhow::Result<Exit> {
        // A map is of all services.
        let options = Options { only: Vec::new(), ..args.options() };
        let mut projects = Vec::new();
        let exit = self.each_project(args, &options, Need::Map, &mut Tally::default(), |work, tally| {
            let Done::Found(found) = work.done else { return Ok(Exit::Done) };
            let (analysis, Found { mut findings, ignored, comments, .. }) = *found;
            projects.push(ProjectStatus::of(&analysis, &findings));
            tally.add_ignored(&ignored, &comments, &analysis.files);
            tally.add_findings(&mut findings, &analysis.files);
            Ok(Exit::Done)
        })?;
        let status = Status::new(projects);
        self.out(&match format {
            StatusFormat::Text => status.to_text(),
            StatusFormat::Json => status.to_json()?,
        })?;
        Ok(exit)
    }

    /// Words are the names of rules, or else a log as people paste it; `-` is a log on standard input.
    fn explain(&self, all: bool, format: PageFormat, words: &[String]) -> anyhow::Result<Exit> {
        if all {
            self.out(&pages_of(RULES.iter(), format)?)?;
            return Ok(Exit::Done);
        }
        if words.is_empty() {
            let rules = RULES.iter().map(|rule| format!("{:32} {}\n", rule.name, rule.summary));
            let examples = explain::examples().map(|example| format!("  {example}\n"));
            self.out(&rules.chain(["\nand lines of logs, such as\n".to_owned()]).chain(examples).collect::<String>())?;
            return Ok(Exit::Done);
        }
        let rules: Option<Vec<&Rule>> = words.iter().map(|word| Rule::by_name(word)).collect();
        if let Some(rules) = rules {
            self.out(&pages_of(rules.into_iter(), format)?)?;
            return Ok(Exit::Done);
        }
        let found = match words {
            [word] if word == "-" => explain::read(io::stdin().lock())?,
            _ => explain::read(words.join(" ").as_bytes())?,
        };
        let text = match words {
            _ if !found.observations.is_empty() => explanation::render(&found, None),
            [word] if Rule::is_like_a_name(word) => {
                let message = format!("`{word}` is not a rule or a known log message; {}", Rule::advice(word));
                return Ok(tell_error(&message)?);
            }
            _ if found.lines > 1 => explanation::unknown(&found),
            _ => return Ok(tell_error(&explanation::unknown(&found))?),
        };
        self.out(&text)?;
        Ok(Exit::Done)
    }

    fn completions(&self, shell: clap_complete::Shell) -> anyhow::Result<Exit> {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "composefix", &mut script);
        self.out(&String::from_utf8(script)?)?;
        Ok(Exit::Done)
    }

    /// The page of the program, and behind it those of its commands.
    fn man(&self) -> anyhow::Result<Exit> {
        let mut program = Cli::command();
        program.build();
        let mut pages = Vec::new();
        let commands = program.get_subcommands().filter(|command| command.get_name() != "help");
        for command in std::iter::once(&program).chain(commands) {
            clap_mangen::Man::new(command.clone()).render(&mut pages)?;
        }
        self.out(&String::from_utf8(pages)?)?;
        Ok(Exit::Done)
    }

    /// Does a job for every project; what fails is told, and the others go on.
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
        let progress = Progress::of(requests.list.len(), !self.quiet && options.approval.is_none());
        let mut read = HashSet::new();
        let mut each = |work: Result<Work, Failure>| -> io::Result<()> {
            let result = work.and_then(|mut work| {
                let name = work.target.name();
                tally.add_project(work.done.analysis(), work.may_share);
                if !requests.has_tree {
                    read.extend(work.done.analysis().project.sources.iter().map(|source| canonical(&source.path)));
                }
                // Where nothing is written, places are those before the repairs.
                let remarks = match need {
                    Need::Written => work.target.remarks(work.done.analysis()),
                    _ => std::mem::take(&mut work.target.remarks),
                };
                self.talk(&remarks.notes)?;
                tally.rejected += usize::from(!remarks.rejections.is_empty());
                for message in remarks.rejections {
                    self.fail(tally, message)?;
                }
                match work.done {
                    Done::Refused(_, message) => Err(Failure::Project(message)),
                    _ => fenced(&name, || job(work, tally)).unwrap_or_else(|message| Err(Failure::Project(message))),
                }
            });
            exit = exit.max(match result {
                Ok(exit) => exit,
                Err(Failure::Stream(error)) => return Err(error),
                Err(Failure::Argument(message) | Failure::NoService(message)) => {
                    tally.errors += 1;
                    self.fail(tally, message)?
                }
                Err(Failure::Project(message) | Failure::Foreign(message)) => {
                    tally.refused += 1;
                    self.fail(tally, message)?
                }
            });
            Ok(())
        };
        let mut shown = |work| progress.step_around(|| each(work));
        Pipeline { args, options, need }.run(&requests, &mut shown)?;
        drop(progress);
        let below = (!self.quiet && !requests.has_tree && !read.is_empty()).then(|| below::note(args, &read)).flatten();
        self.talk(&below.unwrap_or_default())?;
        self.talk(&tally.remarks())?;
        self.talk(&tally.summary())?;
        Ok(exit)
    }

    /// The files that changed, what was repaired in them, and how to make it take effect.
    fn tell_repairs(&self, target: &Target, outcome: &Outcome) -> io::Result<()> {
        if outcome.changed.is_empty() {
            return Ok(());
        }
        let paths = outcome.changed.iter().map(|changed| changed.path.display().to_string());
        let mut lines = vec![paths.collect::<Vec<_>>().join(", ")];
        lines.extend(repairs(outcome).into_iter().map(|repair| format!("  {repair}")));
        let command = recreate_command(target, outcome).filter(|_| !target.is_stdin);
        lines.extend(command.map(|command| format!("  now run (a restart would not apply it): {command}")));
        self.talk(&lines.iter().map(|line| format!("{}\n", visible(line))).collect::<String>())
    }

    /// Tells what failed, and keeps it for formats that are for programs.
    fn fail(&self, tally: &mut Tally, message: String) -> io::Result<Exit> {
        let exit = tell_error(&message);
        tally.failures.push(message);
        exit
    }

    /// What no edit mends is told in every mode.
    fn tell_left(&self, outcome: &mut Outcome, tally: &mut Tally) -> io::Result<()> {
        let Outcome { left, analysis, .. } = outcome;
        tally.add_ignored(&left.ignored, &left.comments, &analysis.files);
        tally.add_findings(&mut left.findings, &analysis.files);
        self.talk(&render(&left.findings, &analysis.files, self.err_colour))
    }

    pub(super) fn out(&self, text: &str) -> io::Result<()> {
        write_all_of(&mut io::stdout().lock(), text)
    }

    pub(super) fn talk(&self, text: &str) -> io::Result<()> {
        if self.quiet { Ok(()) } else { write_all_of(&mut io::stderr().lock(), text) }
    }
}

/// The pages of rules.
fn pages_of<'r>(rules: impl Iterator<Item = &'r Rule>, format: PageFormat) -> serde_json::Result<String> {
    match format {
        PageFormat::Text => Ok(rules.map(Rule::plain_page).collect::<Vec<_>>().join("\n")),
        PageFormat::Json => pages::to_json(rules),
    }
}

/// Findings in a format that is made of all of them.
fn formatted(
    mut reports: Vec<FindingReport>,
    failures: &[String],
    format: Option<FindingsFormat>,
) -> serde_json::Result<String> {
    if format == Some(FindingsFormat::Gitlab) {
        reports.iter_mut().for_each(|report| report.place.path = from_repository(Path::new(&report.place.path)));
    }
    Ok(match format {
        None => to_statistics(&reports),
        Some(FindingsFormat::Text | FindingsFormat::Markdown) => String::new(),
        Some(FindingsFormat::Concise) => to_concise(&reports),
        Some(FindingsFormat::Json) => to_json(&reports, failures)?,
        Some(FindingsFormat::Sarif) => to_sarif(&reports, failures)?,
        Some(FindingsFormat::Github) => to_github(&reports, failures),
        Some(FindingsFormat::Gitlab) => to_gitlab(&reports)?,
        Some(FindingsFormat::Junit) => to_junit(&reports, failures),
    })
}

/// What standard output gets of a project that came by standard input: its text.
fn fixed_text(target: &Target, outcome: &Outcome) -> Result<Arc<str>, Failure> {
    let own = &target.selection.files[0];
    if let Some(other) = outcome.changed.iter().find(|changed| changed.path != *own) {
        let message = format!("{} needs a change, too: name the file in place of -", other.path.display());
        return Err(message.into());
    }
    let unchanged = || outcome.files_before.get(outcome.analysis.project.sources[0].file).shared_text();
    Ok(outcome.changed.first().map_or_else(unchanged, |changed| Arc::clone(&changed.after)))
}

pub(super) fn tell_error(message: &str) -> io::Result<Exit> {
    write_all_of(&mut io::stderr(), &format!("error: {}\n", visible_lines(message)))?;
    Ok(Exit::Failed)
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
