//! The arguments, as typed.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::cli::help;
use crate::finding::Applicability;
use crate::kafka::address::HostPort;
use crate::kafka::topology::Hints;
use crate::rules::{Options, RULES, Rule};

/// Finds out why the services of a Docker Compose project cannot reach their Kafka broker, and repairs the compose file.
#[derive(Debug, Parser)]
#[command(version, about, after_help = help::PROGRAM)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// When to use colours.
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub color: ColorChoice,
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
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Say what is wrong, and where.
    #[command(after_help = help::CHECK)]
    Check {
        /// The projects.
        #[command(flatten)]
        project: ProjectArgs,
        /// How to tell it.
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: FindingsFormat,
    },
    /// Show the repairs as one unified diff.
    #[command(after_help = help::DIFF)]
    Diff(ProjectArgs),
    /// Repair the files in place.
    #[command(after_help = help::FIX)]
    Fix {
        /// The projects.
        #[command(flatten)]
        project: ProjectArgs,
        /// Exit with 1 if findings remain.
        #[arg(long)]
        strict: bool,
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

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How to tell findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FindingsFormat {
    /// For people.
    Text,
    /// For programs: schema 1, edits as byte ranges.
    Json,
    /// For code scanning and editors: SARIF 2.1.0.
    Sarif,
    /// For GitHub Actions: annotations of the pull request.
    Github,
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
#[derive(Debug, Args)]
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
    #[arg(long = "service", value_name = "NAME")]
    pub services: Vec<String>,
    /// A service to leave alone; may be repeated.
    #[arg(long = "exclude", value_name = "NAME")]
    pub excluded: Vec<String>,
    /// Take every service that may use Kafka for a client.
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
                services: self.services.clone(),
                excluded: self.excluded.clone(),
                all_services: self.all_services,
            }),
            select: names(&self.select),
            ignore: names(&self.ignore),
            threshold: if self.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe },
            ..Options::default()
        }
    }
}

fn rule_names() -> clap::builder::PossibleValuesParser {
    RULES.iter().map(|rule| clap::builder::PossibleValue::new(rule.name).help(rule.summary)).collect::<Vec<_>>().into()
}

/// A service's name has no colon (Compose Specification, "services"), an address has one.
fn parse_service(text: &str) -> Result<String, String> {
    if text.contains(':') {
        Err(format!("a service is named alone; did you mean --address {text}?"))
    } else {
        Ok(text.to_owned())
    }
}

fn parse_address(text: &str) -> Result<HostPort, String> {
    let list = crate::kafka::address::AddressList::parse(text);
    match list.as_ref().map(|list| list.addresses()) {
        Some([address]) if address.port.is_some() && address.scheme.is_none() => Ok(address.host_port()),
        _ => Err("write it as HOST:PORT, as in kafka:9092".to_owned()),
    }
}

fn parse_variable(text: &str) -> Result<String, String> {
    let is_name = !text.is_empty() && !text.contains(|c: char| c == '=' || c.is_whitespace() || c.is_control());
    if is_name { Ok(text.to_owned()) } else { Err("a variable has no blank and no `=` in its name".to_owned()) }
}

fn parse_jobs(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "write a number from 1".to_owned())
}
