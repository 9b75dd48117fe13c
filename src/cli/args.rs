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

/// Find out why services of a Docker Compose project cannot reach Kafka, and fix the compose file.
#[derive(Clone, Debug, Parser)]
#[command(version, long_version = help::VERSION.as_str(), about, after_help = help::PROGRAM)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// When to use colors; `auto` by default.
    #[arg(long, value_name = "WHEN", global = true, display_order = 1000)]
    pub color: Option<ColorChoice>,
    /// Print only errors on standard error: no notes, hints or summaries.
    #[arg(long, short, global = true, display_order = 1001)]
    pub quiet: bool,
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
    /// Report what is wrong, and where.
    #[command(after_help = help::CHECK)]
    Check {
        /// The projects.
        #[command(flatten)]
        project: ProjectArgs,
        /// Output format; `text` by default.
        #[arg(long, value_name = "FORMAT", help_heading = "Output", display_order = 1)]
        format: Option<FindingsFormat>,
        /// Print the number of findings of each rule.
        #[arg(long, conflicts_with = "format", help_heading = "Output", display_order = 2)]
        statistics: bool,
        /// Print the compose files that composefix reads.
        #[arg(long, conflicts_with_all = ["format", "statistics"], help_heading = "Output", display_order = 3)]
        show_files: bool,
    },
    /// Show the fixes as a unified diff.
    #[command(after_help = help::DIFF)]
    Diff {
        /// The projects.
        #[command(flatten)]
        project: ProjectArgs,
        /// Output format.
        #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
        format: DiffFormat,
    },
    /// Fix the files in place; with `-`, print the fixed text.
    #[command(after_help = help::FIX)]
    Fix {
        /// The projects.
        #[command(flatten)]
        project: ProjectArgs,
        /// Show each fix, and ask whether to apply it.
        #[arg(long, short, display_order = 1)]
        interactive: bool,
        /// Exit with 1 if findings remain.
        #[arg(long, display_order = 2)]
        strict: bool,
        /// Output format.
        #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
        format: FixFormat,
    },
    /// Apply the fixes that `composefix diff --format json` listed.
    #[command(after_help = help::APPLY)]
    Apply {
        /// The output of `composefix diff --format json`; `-` for standard input.
        plan: PathBuf,
    },
    /// Show the brokers, the address that each service uses, and why a service is undecided.
    #[command(after_help = help::STATUS, mut_arg("unsafe_fixes", |arg| arg.hide(true)), mut_arg("exit_zero", |arg| arg.hide(true)))]
    Status {
        /// The projects.
        #[command(flatten)]
        project: ProjectArgs,
        /// Output format.
        #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
        format: StatusFormat,
    },
    /// Explain a log message, or print the page of a rule.
    #[command(after_help = help::EXPLAIN)]
    Explain {
        /// Print the pages of all rules.
        #[arg(long, conflicts_with = "words")]
        all: bool,
        /// Output format of rule pages.
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: PageFormat,
        /// A compose file of the project that the log is from; several files form one project.
        #[arg(short, long = "file", value_name = "FILE")]
        files: Vec<PathBuf>,
        /// A rule, a log message, a file with a log, or `-` for a log on standard input; without an argument, list all rules.
        #[arg(value_name = "RULE|LOG", trailing_var_arg = true, allow_hyphen_values = true)]
        words: Vec<String>,
    },
    /// Print a shell completion script.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, for `man -l -`.
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

/// When to use colors.
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
    /// For programs: schema 1, with edits as byte ranges.
    Json,
    /// For code scanning and editors: SARIF 2.1.0.
    Sarif,
    /// For GitHub Actions: annotations of the pull request.
    Github,
    /// For GitLab: a code quality report.
    Gitlab,
    /// For CI servers: JUnit XML.
    Junit,
    /// A report for a pull request or an issue, with the available fixes.
    Markdown,
}

/// Output formats of `diff`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiffFormat {
    /// A unified diff.
    Text,
    /// A plan for `composefix apply` and for programs: schema 1.
    Json,
    /// A report for a pull request or an issue, with the diff.
    Markdown,
}

/// Output formats of `fix`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FixFormat {
    /// For people, on standard error.
    Text,
    /// A report for a pull request, on standard output.
    Markdown,
}

/// Output formats of rule pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PageFormat {
    /// For people.
    Text,
    /// For programs: schema 1.
    Json,
}

/// Output formats of `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StatusFormat {
    /// For people.
    Text,
    /// For programs: schema 1.
    Json,
}

/// Which projects to read, and what the user states about them. The headings of the help are in the order of their first flags.
#[derive(Clone, Debug, Args)]
pub struct ProjectArgs {
    /// Compose files, directories to search, or `-` for standard input; by default the project that Compose finds here or above, else
    /// all projects below.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// A compose file; several form one project, merged in this order as in Compose.
    #[arg(long = "file", short = 'f', value_name = "FILE", conflicts_with = "paths")]
    pub files: Vec<PathBuf>,
    /// Include unsafe fixes: the files do not prove that they are what you want, because there are several possible values, or because
    /// they may break something that works today.
    #[arg(long)]
    pub unsafe_fixes: bool,
    /// Exit with 0 even if there are findings or a diff; errors still exit with 2.
    #[arg(long, display_order = 3)]
    pub exit_zero: bool,
    /// The service that is the broker.
    #[arg(long, value_name = "SERVICE", value_parser = parse_service, help_heading = KAFKA)]
    pub broker: Option<String>,
    /// The address at which containers reach the broker.
    #[arg(long, value_name = "HOST:PORT", value_parser = parse_address, help_heading = KAFKA)]
    pub address: Option<HostPort>,
    /// The variable to set for a client that has no address.
    #[arg(long, value_name = "NAME", value_parser = parse_variable, help_heading = KAFKA)]
    pub variable: Option<String>,
    /// A service that is a Kafka client, whatever the files say; repeatable.
    #[arg(long = "client", value_name = "SERVICE", help_heading = KAFKA)]
    pub clients: Vec<String>,
    /// Treat every service that is not ruled out as a Kafka client.
    #[arg(long, help_heading = KAFKA)]
    pub all_services: bool,
    /// Add a listener for programs on the host to a broker that publishes a port and advertises only service names.
    #[arg(long, help_heading = KAFKA)]
    pub host_access: bool,
    /// Work on only this service and its broker; repeatable.
    #[arg(long, value_name = "SERVICE", help_heading = SELECTION)]
    pub only: Vec<String>,
    /// The former name of `--client`, which also means `--only`.
    #[arg(long = "service", value_name = "SERVICE", hide = true)]
    pub services: Vec<String>,
    /// Leave this service unchanged; repeatable.
    #[arg(long = "exclude-service", value_name = "SERVICE", help_heading = SELECTION)]
    pub excluded_services: Vec<String>,
    /// Run only this rule (`composefix explain` lists them); repeatable.
    #[arg(
        long,
        value_name = "RULE",
        value_parser = rule_names(),
        value_delimiter = ',',
        hide_possible_values = true,
        help_heading = SELECTION
    )]
    pub select: Vec<String>,
    /// Do not run this rule; repeatable.
    #[arg(
        long,
        value_name = "RULE",
        value_parser = rule_names(),
        value_delimiter = ',',
        hide_possible_values = true,
        help_heading = SELECTION
    )]
    pub ignore: Vec<String>,
    /// Do not search these paths, such as `tests/**`; repeatable.
    #[arg(long, value_name = "GLOB", value_parser = parse_glob, help_heading = SELECTION)]
    pub exclude: Vec<ExcludedPath>,
    /// The base of relative paths and of the `.env` file; by default the directory of the first compose file.
    #[arg(long, value_name = "DIR", conflicts_with = "paths", help_heading = INPUT)]
    pub project_directory: Option<PathBuf>,
    /// Read this file instead of the project's `.env`; repeatable.
    #[arg(long = "env-file", value_name = "FILE", help_heading = INPUT)]
    pub env_files: Vec<PathBuf>,
    /// The file name of the text on standard input.
    #[arg(long, value_name = "PATH", default_value = "compose.yaml", help_heading = INPUT)]
    pub stdin_filename: PathBuf,
    /// Read this composefix.toml instead of the nearest one, from here up to the root of the repository.
    #[arg(long, value_name = "FILE", help_heading = INPUT)]
    pub config: Option<PathBuf>,
    /// Read no composefix.toml and no `COMPOSE_` variables of the shell.
    #[arg(long, conflicts_with = "config", help_heading = INPUT)]
    pub isolated: bool,
    /// Number of projects to analyze in parallel; by default the number of processors.
    #[arg(long, value_name = "N", value_parser = parse_jobs, help_heading = INPUT)]
    pub jobs: Option<NonZeroUsize>,
    /// Print the settings in effect as a composefix.toml, and exit.
    #[arg(long, help_heading = INPUT)]
    pub show_settings: bool,
}

/// The headings of the help, most used first.
const KAFKA: &str = "Brokers and clients";
const SELECTION: &str = "Selection";
const INPUT: &str = "Input";

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
                host_access: self.host_access,
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
        Err(format!("this is an address, not a service; did you mean --address {text}?"))
    } else {
        Ok(text.to_owned())
    }
}

pub(super) fn parse_address(text: &str) -> Result<HostPort, String> {
    let list = crate::kafka::address::AddressList::parse(text);
    match list.as_ref().map(|list| list.addresses()) {
        Some([address]) if address.port.is_some() && address.scheme.is_none() => Ok(address.host_port()),
        _ => Err("write HOST:PORT, such as kafka:9092".to_owned()),
    }
}

pub(super) fn parse_variable(text: &str) -> Result<String, String> {
    let is_name = !text.is_empty() && !text.contains(|c: char| c == '=' || c.is_whitespace() || c.is_control());
    if is_name { Ok(text.to_owned()) } else { Err("the name of a variable cannot contain spaces or `=`".to_owned()) }
}

pub(super) fn parse_glob(text: &str) -> Result<ExcludedPath, String> {
    ExcludedPath::parse(text).map_err(|error| error.kind().to_string())
}

fn parse_jobs(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "write a number of at least 1".to_owned())
}
