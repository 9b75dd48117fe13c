//! A case: a project in memory, and what it is expected to give.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::Parser;
use composefix::Options;
use composefix::analysis::Analysis;
use composefix::cli::{Cli, Command};
use composefix::compose::Selection;
use composefix::compose::{Change, Project};
use composefix::finding::{Applicability, Finding, Remedy};
use composefix::fixer::Outcome;
use composefix::report::reason::remedy;
use composefix::source::{Files, Memory};
use composefix::text::unified_diff;

/// Files of a case that are not part of its project.
const FINDINGS: &str = "findings.txt";
const DIFF: &str = "expected.diff";
const ARGS: &str = "args";

/// The folder that represents the project's own while it is in memory.
const ROOT: &str = "project";

/// Rules that look only into the cases filed under them: the brokers of other cases have no more settings than those are about, and
/// images by any name.
const ASIDE: [&str; 2] = ["replication-factor-too-high", "retired-image"];

/// What a case is an example of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `ok-*`: nothing is wrong.
    Ok,
    /// `refused-*`: there is a problem without a fix.
    Refused,
    /// There is a problem, and it is fixed.
    Repaired,
}

/// A folder of `tests/rules/<rule>/`.
#[derive(Clone, Debug)]
pub struct Case {
    /// The rule.
    pub rule: String,
    /// What it is an example of.
    pub kind: Kind,
    folder: PathBuf,
    args: Vec<String>,
    /// The files of the project, by their paths in it.
    pub files: BTreeMap<PathBuf, String>,
    /// The path of the compose file in the project.
    pub compose_file: PathBuf,
}

/// What came of a case.
pub struct Run {
    /// The findings before any fix, with the reasons of those that cannot be fixed.
    pub findings: Vec<Finding>,
    /// The declared changes of the fixes.
    pub changes: Vec<Change>,
    /// The compose file before.
    pub before: String,
    /// The compose file after.
    pub after: String,
    files: Files,
}

/// Where the cases are.
pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rules")
}

impl Case {
    /// All cases, in the order of their names.
    pub fn all() -> Vec<Self> {
        let rules = folders(&directory());
        rules.iter().flat_map(|rule| folders(rule)).map(|folder| Self::read(&folder)).collect()
    }

    fn read(folder: &Path) -> Self {
        let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let kind = match name(folder) {
            name if name.starts_with("ok-") => Kind::Ok,
            name if name.starts_with("refused-") => Kind::Refused,
            _ => Kind::Repaired,
        };
        let mut files = BTreeMap::new();
        read_files(folder, folder, &mut files);
        let args = files.remove(Path::new(ARGS)).unwrap_or_default();
        files.remove(Path::new(FINDINGS));
        files.remove(Path::new(DIFF));
        let found = Selection::in_directory(&mut in_memory(&files), Path::new(ROOT)).expect("the `.env` can be read");
        let found = found.unwrap_or_else(|| panic!("{}: no compose file", folder.display()));
        let compose_file = found.files[0].clone();
        Self {
            rule: name(folder.parent().unwrap_or(folder)),
            kind,
            folder: folder.to_owned(),
            args: args.split_whitespace().map(str::to_owned).collect(),
            compose_file: in_project(&compose_file).to_owned(),
            files,
        }
    }

    /// The text of the compose file.
    pub fn text(&self) -> &str {
        &self.files[&self.compose_file]
    }

    /// The case with another text of the compose file.
    pub fn with_text(&self, text: &str) -> Self {
        let mut case = self.clone();
        case.files.insert(self.compose_file.clone(), text.to_owned());
        case
    }

    /// Writes the project's files to a folder.
    ///
    /// # Errors
    /// The error of the file system.
    pub fn write_to(&self, folder: &Path) -> std::io::Result<()> {
        for (path, text) in &self.files {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
            std::fs::write(path, text)?;
        }
        Ok(())
    }

    /// The case after the fixes of all rules, as a user gets them.
    ///
    /// # Errors
    /// Why the project cannot be loaded.
    #[allow(dead_code, reason = "only the live test needs it")]
    pub fn repaired(&self) -> Result<Self, String> {
        let (outcome, _) = self.fixed(&self.own_options()?)?;
        let changed = outcome.changed.iter().map(|file| (in_project(&file.path).to_owned(), file.after.to_string()));
        let mut after = self.clone();
        after.files.extend(changed);
        Ok(after)
    }

    /// Checks and fixes the project.
    ///
    /// # Errors
    /// Why the project cannot be loaded.
    pub fn run(&self) -> Result<Run, String> {
        let (outcome, files) = self.outcome()?;
        let left = outcome.left_before();
        let mut findings = outcome.before.findings.clone();
        for finding in &mut findings {
            // What the proof found counts more than what was proposed.
            if let Some(same) = left.iter().find(|left| left.id == finding.id) {
                finding.remedy = same.remedy.clone();
            }
        }
        let before = self.text().to_owned();
        let after = outcome.changed.first().map_or_else(|| before.clone(), |changed| changed.after.to_string());
        Ok(Run { findings, changes: outcome.changes().cloned().collect(), before, after, files })
    }

    /// What the fixes make of the project, and the files as they were.
    ///
    /// # Errors
    /// Why the project cannot be loaded.
    pub fn outcome(&self) -> Result<(Outcome, Files), String> {
        self.fixed(&self.options()?)
    }

    /// The project after its fixes, but without unsafe ones.
    ///
    /// # Errors
    /// Why the project cannot be loaded.
    #[allow(dead_code, reason = "only the test with Kafka needs it")]
    pub fn safely_fixed(&self) -> Result<Outcome, String> {
        let options = Options { threshold: Applicability::Safe, ..self.options()? };
        Ok(self.fixed(&options)?.0)
    }

    fn fixed(&self, options: &Options) -> Result<(Outcome, Files), String> {
        let mut files = in_memory(&self.files);
        let path = Path::new(ROOT).join(&self.compose_file);
        let outcome = composefix::fix(&mut files, &path, options).map_err(|error| error.describe(&files))?;
        Ok((outcome, files))
    }

    /// Whether a comment or an argument may hide findings.
    #[allow(dead_code, reason = "only the test of the rules needs it")]
    pub fn hides_findings(&self) -> bool {
        !self.args.is_empty() || self.files.values().any(|text| text.contains("composefix: ignore"))
    }

    /// Whether it uses unsafe fixes.
    pub fn is_unsafe(&self) -> bool {
        self.args.iter().any(|argument| argument == "--unsafe-fixes")
    }

    /// Loads the project as it is.
    ///
    /// # Errors
    /// Why it cannot be loaded.
    pub fn project(&self) -> Result<Project, String> {
        let mut files = in_memory(&self.files);
        let path = Path::new(ROOT).join(&self.compose_file);
        Project::load(&mut files, &path).map_err(|error| error.describe(&files))
    }

    /// The project as composefix reads it.
    ///
    /// # Errors
    /// Why it cannot be loaded.
    #[allow(dead_code, reason = "only the live test needs it")]
    pub fn analysis(&self) -> Result<Analysis, String> {
        let mut files = in_memory(&self.files);
        let path = Path::new(ROOT).join(&self.compose_file);
        Analysis::load(&mut files, &path, &self.own_options()?.inputs()).map_err(|error| error.describe(&files))
    }

    fn options(&self) -> Result<Options, String> {
        let mut options = self.own_options()?;
        options.ignore.extend(ASIDE.into_iter().filter(|rule| *rule != self.rule));
        Ok(options)
    }

    /// What its arguments say.
    fn own_options(&self) -> Result<Options, String> {
        let line = ["composefix", "check"].into_iter().chain(self.args.iter().map(String::as_str));
        match Cli::try_parse_from(line).map(|cli| cli.command) {
            Ok(Command::Check { project: args, .. }) => Ok(args.options()),
            Ok(_) => Err("its arguments are those of another verb".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Compares what is found and done with what is expected.
    ///
    /// # Errors
    /// The first difference.
    pub fn compare(&self) -> Result<(), String> {
        let run = self.run()?;
        for (name, found) in [(FINDINGS, run.list()), (DIFF, run.diff(self))] {
            let expected = std::fs::read_to_string(self.folder.join(name)).unwrap_or_default();
            if expected != found {
                return Err(format!("{name}\n--- expected\n{expected}--- found\n{found}"));
            }
        }
        Ok(())
    }

    /// Writes the findings and the diff as expectations.
    ///
    /// # Errors
    /// The error of the file system.
    pub fn update(&self) -> Result<(), String> {
        let run = self.run()?;
        for (name, found) in [(FINDINGS, run.list()), (DIFF, run.diff(self))] {
            let path = self.folder.join(name);
            let result = match (found.is_empty(), path.exists()) {
                (false, _) => std::fs::write(path, found),
                (true, true) => std::fs::remove_file(path),
                (true, false) => Ok(()),
            };
            result.map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

impl fmt::Display for Case {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.folder.strip_prefix(directory()).unwrap_or(&self.folder).display())
    }
}

impl Run {
    /// Whether anything is fixed.
    pub fn is_changed(&self) -> bool {
        self.before != self.after
    }

    /// The fixes, as a patch.
    pub fn diff(&self, case: &Case) -> String {
        unified_diff(&case.compose_file.to_string_lossy(), &self.before, &self.after)
    }

    /// The files of the project before the fixes.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// The findings, one a line.
    pub fn list(&self) -> String {
        let line = |finding: &Finding| {
            let file = self.files.get(finding.primary.file);
            let place = file.line_column(finding.primary.span.start);
            let fix = match &finding.remedy {
                Remedy::Fix(fix) if fix.applicability == Applicability::Safe => "safe".to_owned(),
                Remedy::Fix(fix) if fix.applicability == Applicability::Unsafe => "unsafe".to_owned(),
                Remedy::Fix(_) => "manual".to_owned(),
                Remedy::FixedBy(_) => "fixed by others".to_owned(),
                Remedy::None(_) => format!("refused: {}", remedy(finding)),
            };
            let path = in_project(file.path()).display();
            format!("{} {} {path}:{}:{} {fix}\n", finding.rule(), finding.service, place.line, place.column)
        };
        self.findings.iter().map(line).collect()
    }
}

fn in_memory(files: &BTreeMap<PathBuf, String>) -> Files {
    let at_root = |(path, text): (&PathBuf, &String)| (Path::new(ROOT).join(path), text.clone().into_bytes());
    Files::new(Memory(files.iter().map(at_root).collect()))
}

fn in_project(path: &Path) -> &Path {
    path.strip_prefix(ROOT).unwrap_or(path)
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a folder of fixtures").path()).collect();
    paths.sort();
    paths
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    entries(folder).into_iter().filter(|path| path.is_dir()).collect()
}

fn read_files(root: &Path, folder: &Path, files: &mut BTreeMap<PathBuf, String>) {
    for path in entries(folder) {
        if path.is_dir() {
            read_files(root, &path, files);
        } else {
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            files.insert(path.strip_prefix(root).unwrap_or(&path).to_owned(), text);
        }
    }
}
