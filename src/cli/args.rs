//! The arguments, as typed.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand, ValueEnum};

use serde::{Deserialize, Serialize};

use crate::cli::help;
use crate::finding::Applicability;
use crate::kafka::address::HostPort;
use crate::kafka::topology::Hints;
use crate::rules::{Options, RULES, Rule};
use crate::source::tree::ExcludedPath;

/// Finds out why the services of a Docker Compose project cannot reach their Kafka broker, and repairs the compose file.
#[derive(Clone, Debug, Parser)]
#[command(version, about, after_help = help::PROGRAM)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// When to use colours; without it, as `auto`.
    #[arg(long, value_name = "WHEN", global = true)]
    pub color: Option<ColorChoice>,
    /// Say nothing but errors.
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Exit with 0 where there are findings or a diff, too; an error still exits with 2.
    #[arg(long, global = true)]
    pub exit_zero: bool,
}

impl Cli {
    /// Reads the arguments of the process.
    ///
    /// # Errors
    /// What is wrong with them, or the help that they ask for.
    pub fn read() -> Result<Self, clap::Error> {
        Self::try_parse().map_err(help::with_tip)
    }
}

/// The verbs.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Say what is wrong, and where.
    #[command(after_help = help::CHECK)]
    Check {
        /// The projects.
        #[command(flatten)]
        project: ProjectArgs,
        /// Output format; without it, text.
        #[arg(long, value_name = "FORMAT")]
        format: Option<FindingsFormat>,
        /// Print how many findings each rule has.
        #[arg(long, conflicts_with = "format")]
        statistics: bool,
        /// Print the compose files that are read.
        #[arg(long, conflicts_with_all = ["format", "statistics"])]
        show_files: bool,
    },
    /// Show the repairs as one unified diff.
    #[command(after_help = help::DIFF)]
    Diff {
        /// The projects.
        #[command(flatten)]
        project: ProjectArgs,
        /// Output format.
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: DiffFormat,
    },
    /// Repair the files in place.
    #[command(after_help = help::FIX)]
    Fix {
        /// The projects.
        #[command(flatten)]
        project: ProjectArgs,
        /// Exit with 1 if findings remain.
        #[arg(long)]
        strict: bool,
        /// Show each fix, and ask whether to make it.
        #[arg(long, short)]
        interactive: bool,
        /// Output format.
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: FixFormat,
    },
    /// Make the changes of a plan, except for files that changed after it was made.
    #[command(after_help = help::APPLY)]
    Apply {
        /// The plan, as `composefix diff --format json` prints it; - for standard input.
        plan: PathBuf,
    },
    /// Show the map: brokers, the address containers use, every service, what it uses and where that is written.
    #[command(after_help = help::STATUS)]
    Status {
        /// The projects.
        #[command(flatten)]
        project: ProjectArgs,
        /// How to show it.
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: StatusFormat,
    },
    /// Print the page of a rule, or explain a log.
    #[command(after_help = help::EXPLAIN)]
    Explain {
        /// Print the pages of all rules.
        #[arg(long, conflicts_with = "words")]
        all: bool,
        /// Output format of pages.
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: PageFormat,
        /// A rule, lines of a log, or - for a log on standard input; without it, all rules are listed.
        #[arg(value_name = "RULE|LOG", trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Print a script that completes commands and flags in a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual, for `man -l -`.
    Man,
}

impl Command {
    /// Its projects, if it works on some.
    pub(super) const fn project_args(&self) -> Option<&ProjectArgs> {
        match self {
            Self::Check { project, .. }
            | Self::Diff { project, .. }
            | Self::Fix { project, .. }
            | Self::Status { project, .. } => Some(project),
            Self::Apply { .. } | Self::Explain { .. } | Self::Completions { .. } | Self::Man => None,
        }
    }

    /// The same, to be changed.
    pub(super) const fn project_args_mut(&mut self) -> Option<&mut ProjectArgs> {
        match self {
            Self::Check { project, .. }
            | Self::Diff { project, .. }
            | Self::Fix { project, .. }
            | Self::Status { project, .. } => Some(project),
            Self::Apply { .. } | Self::Explain { .. } | Self::Completions { .. } | Self::Man => None,
        }
    }
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Output formats of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum FindingsFormat {
    /// For people.
    Text,
    /// One line each.
    Concise,
    /// For programs: schema 1, edits as byte ranges.
    Json,
    /// For code scanning and editors: SARIF 2.1.0.
    Sarif,
    /// For GitHub Actions: annotations of the pull request.
    Github,
    /// For GitLab: a code quality report.
    Gitlab,
    /// For CI servers: JUnit's XML.
    Junit,
    /// A report for the body of a pull request or an issue, with the fixes that can be made.
    Markdown,
}

/// How fixes are shown before they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// A unified diff.
    Text,
    /// A plan for `composefix apply` and for programs: schema 1.
    Json,
    /// A report for the body of a pull request or an issue, with the diff.
    Markdown,
}

/// How fixes are reported after they were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FixFormat {
    /// For people, on standard error.
    Text,
    /// A report for the body of a pull request, on standard output.
    Markdown,
}

/// Output formats of rules' pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PageFormat {
    /// For people.
    Text,
    /// For programs: schema 1.
    Json,
}

/// How to show the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StatusFormat {
    /// For people.
    Text,
    /// For programs: schema 1.
    Json,
}

/// Which projects, and what is said of them.
#[derive(Clone, Debug, Args)]
pub struct ProjectArgs {
    /// Compose files, directories to search for some, or `-` for standard input; without one, the project that Compose finds here or
    /// above, else those below.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// A compose file; several are one project, each over those before it, as in Compose.
    #[arg(long = "file", short = 'f', value_name = "FILE", conflicts_with = "paths")]
    pub files: Vec<PathBuf>,
    /// The directory that relative paths and the `.env` are looked for in, if it is not that of the first compose file.
    #[arg(long, value_name = "DIR", conflicts_with = "paths")]
    pub project_directory: Option<PathBuf>,
    /// A file to read in place of the project's `.env`; may be repeated.
    #[arg(long = "env-file", value_name = "FILE")]
    pub env_files: Vec<PathBuf>,
    /// The service that is the broker.
    #[arg(long, value_name = "SERVICE", value_parser = parse_service)]
    pub broker: Option<String>,
    /// The address at which containers reach the broker.
    #[arg(long, value_name = "HOST:PORT", value_parser = parse_address)]
    pub address: Option<HostPort>,
    /// The variable to write where a service has none.
    #[arg(long, value_name = "NAME", value_parser = parse_variable)]
    pub variable: Option<String>,
    /// A service that uses Kafka, whatever the files say; may be repeated.
    #[arg(long = "client", value_name = "SERVICE")]
    pub clients: Vec<String>,
    /// Fix this service, with the broker that it uses, and no other; may be repeated.
    #[arg(long, value_name = "SERVICE")]
    pub only: Vec<String>,
    /// The former name of `--client`, which reads as `--only` too: it is both.
    #[arg(long = "service", value_name = "SERVICE", hide = true)]
    pub services: Vec<String>,
    /// A service to leave unchanged; may be repeated.
    #[arg(long = "exclude-service", value_name = "SERVICE")]
    pub excluded_services: Vec<String>,
    /// Paths to leave out of a search, as in `tests/**`; may be repeated.
    #[arg(long, value_name = "GLOB", value_parser = parse_glob)]
    pub exclude: Vec<ExcludedPath>,
    /// Treat every undecided service as a Kafka client.
    #[arg(long)]
    pub all_services: bool,
    /// Run only this rule, one of those that `composefix explain` lists; may be repeated.
    #[arg(long, value_name = "RULE", value_parser = rule_names(), value_delimiter = ',', hide_possible_values = true)]
    pub select: Vec<String>,
    /// Do not run this rule, one of those that `composefix explain` lists; may be repeated.
    #[arg(long, value_name = "RULE", value_parser = rule_names(), value_delimiter = ',', hide_possible_values = true)]
    pub ignore: Vec<String>,
    /// Make repairs, too, that choose between answers or change what others share.
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// How many projects are looked at side by side; without it, as many as there are processors.
    #[arg(long, value_name = "N", value_parser = parse_jobs)]
    pub jobs: Option<NonZeroUsize>,
    /// A composefix.toml to read in place of the nearest from here up to the root of the repository.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Read no composefix.toml, and no COMPOSE_ variable of the shell.
    #[arg(long, conflicts_with = "config")]
    pub isolated: bool,
    /// Print the settings that hold, as a composefix.toml, and do nothing else.
    #[arg(long)]
    pub show_settings: bool,
    /// The name of the file that standard input holds.
    #[arg(long, value_name = "PATH", default_value = "compose.yaml")]
    pub stdin_filename: PathBuf,
}

impl ProjectArgs {
    /// What the arguments ask for.
    #[must_use]
    pub fn options(&self) -> Options {
        let names =
            |names: &[String]| names.iter().filter_map(|name| Rule::by_name(name)).map(|rule| rule.name).collect();
        Options {
            hints: Arc::new(Hints {
                broker: self.broker.clone(),
                address: self.address.clone(),
                variable: self.variable.clone(),
                services: [&self.clients[..], &self.services].concat(),
                excluded: self.excluded_services.clone(),
                all_services: self.all_services,
            }),
            select: names(&self.select),
            ignore: names(&self.ignore),
            only: [&self.only[..], &self.services].concat(),
            threshold: if self.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe },
            ..Options::default()
        }
    }
}

fn rule_names() -> clap::builder::PossibleValuesParser {
    RULES.iter().map(|rule| clap::builder::PossibleValue::new(rule.name).help(rule.summary)).collect::<Vec<_>>().into()
}

/// A service's name has no colon (Compose Specification, "services"), an address has one.
pub(super) fn parse_service(text: &str) -> Result<String, String> {
    if text.contains(':') {
        Err(format!("a service is named alone; did you mean --address {text}?"))
    } else {
        Ok(text.to_owned())
    }
}

pub(super) fn parse_address(text: &str) -> Result<HostPort, String> {
    let list = crate::kafka::address::AddressList::parse(text);
    match list.as_ref().map(|list| list.addresses()) {
        Some([address]) if address.port.is_some() && address.scheme.is_none() => Ok(address.host_port()),
        _ => Err("write it as HOST:PORT, as in kafka:9092".to_owned()),
    }
}

pub(super) fn parse_variable(text: &str) -> Result<String, String> {
    let is_name = !text.is_empty() && !text.contains(|c: char| c == '=' || c.is_whitespace() || c.is_control());
    if is_name { Ok(text.to_owned()) } else { Err("a variable has no blank and no `=` in its name".to_owned()) }
}

pub(super) fn parse_glob(text: &str) -> Result<ExcludedPath, String> {
    ExcludedPath::parse(text).map_err(|error| error.kind().to_string())
}

fn parse_jobs(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "write a number from 1".to_owned())
}
