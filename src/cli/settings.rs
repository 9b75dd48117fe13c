//! `composefix.toml`: flags for every run in a repository, and additions to the catalog.
//!
//! A run reads one such file: the nearest, from the working directory up to the root of its repository. Files in repositories that a run
//! only searches are not read, so that one checkout cannot decide what happens to another. For the same reason, no setting selects what to
//! read: paths, `--file`, `--project-directory` and `--env-file` exist only on the command line.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cli::args::{
    Cli, ColorChoice, Command, FindingsFormat, ProjectArgs, parse_address, parse_glob, parse_service, parse_variable,
};
use crate::kafka::catalog::{self, Additions};
use crate::kafka::effective::FAMILIES;
use crate::rules::Rule;
use crate::source::Files;
use crate::text::LineIndex;

/// The name of the file.
const NAME: &str = "composefix.toml";

/// The settings of a repository. Each has the name and the meaning of a flag; a flag that is given counts more, lists included.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Settings {
    /// The service that is the broker.
    broker: Option<String>,
    /// The address at which containers reach the broker, as in `kafka:9092`.
    address: Option<String>,
    /// The variable to set for a client that has no address.
    variable: Option<String>,
    /// Services that are Kafka clients, whatever the files say.
    client: Vec<String>,
    /// Work on only these services and their brokers.
    only: Vec<String>,
    /// Services to leave unchanged.
    exclude_service: Vec<String>,
    /// Paths to leave out of a search, as in `tests/**`.
    exclude: Vec<String>,
    /// Whether every undecided service counts as a Kafka client.
    all_services: bool,
    /// Whether brokers that publish a port get a listener for programs on the host.
    host_access: bool,
    /// The rules to run; none for all.
    select: Vec<String>,
    /// The rules not to run.
    ignore: Vec<String>,
    /// Whether to include unsafe fixes: the files do not prove that each is what you want.
    unsafe_fixes: bool,
    /// How many projects are examined in parallel; without it, as many as there are processors.
    jobs: Option<NonZeroUsize>,
    /// Whether `fix` exits with 1 if findings remain.
    strict: bool,
    /// The output format of `check`.
    format: Option<FindingsFormat>,
    /// When to use colors.
    color: Option<ColorChoice>,
    /// Whether to print only errors on standard error: no notes, hints or summaries.
    quiet: bool,
}

/// Settings of composefix for a repository.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(title = "composefix.toml", deny_unknown_fields))]
struct SettingsFile {
    #[serde(flatten)]
    settings: Settings,
    /// Your own images, programs, variables and health checks.
    #[serde(default)]
    catalog: Additions,
}

/// The command line with the settings that hold for it.
///
/// # Errors
/// A message for people: a file that cannot be read, or what is wrong in it and where.
pub(super) fn apply(mut cli: Cli) -> Result<Cli, String> {
    let Some(args) = cli.command.project_args() else { return Ok(cli) };
    let Some(path) = place(args) else { return Ok(cli) };
    let mut files = Files::default();
    let file = files.read(&path).map_err(|error| error.to_string())?;
    let text = files.get(file).text();
    let SettingsFile { settings, catalog } = read(&path, text)?;
    settings.apply_to(&mut cli).map_err(|message| format!("{}: {message}", path.display()))?;
    let families: Vec<String> = catalog.families().map(str::to_owned).collect();
    if !catalog::extend(catalog) {
        return Err(format!("{}: the catalog is already extended", path.display()));
    }
    if let Some(name) = families.iter().find(|name| FAMILIES.named(name).is_none()) {
        let known = FAMILIES.iter().filter(|family| !family.images.is_empty());
        let known = known.map(|family| family.name.as_str()).collect::<Vec<_>>().join(", ");
        return Err(format!("{}: `{name}` is not a family of broker images; use one of {known}", path.display()));
    }
    Ok(cli)
}

/// The settings of a command as a `composefix.toml`, with their source.
pub(super) fn shown(cli: &Cli) -> Result<String, toml::ser::Error> {
    let source = cli.command.project_args().and_then(place);
    let source = match source {
        Some(path) => format!("# {} and flags\n", crate::text::visible(&path.display().to_string())),
        None => format!("# flags only: there is no {NAME}\n"),
    };
    Ok(source + &toml::to_string(&Settings::of(cli))?)
}

/// The file that holds: the one that is named, else the nearest.
fn place(args: &ProjectArgs) -> Option<PathBuf> {
    if args.isolated {
        return None;
    }
    args.config.clone().or_else(|| nearest(Path::new("")))
}

/// The nearest file from a directory up to the root of its repository; outside of one, in the directory alone.
fn nearest(directory: &Path) -> Option<PathBuf> {
    let absolute =
        std::path::absolute(if directory.as_os_str().is_empty() { Path::new(".") } else { directory }).ok()?;
    let depth = absolute.ancestors().position(|above| above.join(".git").exists()).unwrap_or(0);
    let steps = (0..=depth).map(|steps| (0..steps).fold(directory.to_owned(), |path, _| path.join("..")).join(NAME));
    steps.into_iter().find(|path| path.is_file())
}

fn read(path: &Path, text: &str) -> Result<SettingsFile, String> {
    // A flattened struct cannot reject unknown fields, so the two parts are read apart.
    let mut table: toml::Table = toml::from_str(text).map_err(|error| describe(path, text, &error))?;
    let catalog = table.remove("catalog").map(toml::Value::try_into).transpose();
    let catalog = catalog.map_err(|error| format!("{}: catalog: {}", path.display(), error.message()))?;
    let settings = table.try_into().map_err(|error| format!("{}: {}", path.display(), error.message()))?;
    Ok(SettingsFile { settings, catalog: catalog.unwrap_or_default() })
}

/// A message with the place of what is wrong.
fn describe(path: &Path, text: &str, error: &toml::de::Error) -> String {
    let place = error.span().map(|span| format!(":{}", LineIndex::new(text).line_column(text, span.start)));
    format!("{}{}: {}", path.display(), place.unwrap_or_default(), error.message())
}

impl Settings {
    /// Applies the settings that the command line does not set.
    fn apply_to(self, cli: &mut Cli) -> Result<(), String> {
        cli.color = cli.color.or(self.color);
        cli.quiet |= self.quiet;
        match &mut cli.command {
            Command::Check { format, statistics, show_files, .. } if !*statistics && !*show_files => {
                *format = format.or(self.format);
            }
            Command::Fix { strict, .. } => *strict |= self.strict,
            _ => {}
        }
        let Some(args) = cli.command.project_args_mut() else { return Ok(()) };
        let parsed = |name: &'static str| move |error: String| format!("{name}: {error}");
        let broker = self.broker.as_deref().map(parse_service).transpose().map_err(parsed("broker"))?;
        let address = self.address.as_deref().map(parse_address).transpose().map_err(parsed("address"))?;
        let variable = self.variable.as_deref().map(parse_variable).transpose().map_err(parsed("variable"))?;
        let exclude = self.exclude.iter().map(|glob| parse_glob(glob)).collect::<Result<Vec<_>, _>>();
        args.broker = args.broker.take().or(broker);
        args.address = args.address.take().or(address);
        args.variable = args.variable.take().or(variable);
        let or = |given: &mut Vec<String>, set: Vec<String>| {
            if given.is_empty() {
                *given = set;
            }
        };
        or(&mut args.clients, self.client);
        or(&mut args.only, self.only);
        or(&mut args.excluded_services, self.exclude_service);
        or(&mut args.select, known_rules("select", self.select)?);
        or(&mut args.ignore, known_rules("ignore", self.ignore)?);
        let exclude = exclude.map_err(parsed("exclude"))?;
        if args.exclude.is_empty() {
            args.exclude = exclude;
        }
        args.all_services |= self.all_services;
        args.host_access |= self.host_access;
        args.unsafe_fixes |= self.unsafe_fixes;
        args.jobs = args.jobs.or(self.jobs);
        Ok(())
    }

    /// The settings of a command line.
    fn of(cli: &Cli) -> Self {
        let (format, strict) = match &cli.command {
            Command::Check { format, .. } => (*format, false),
            Command::Fix { strict, .. } => (None, *strict),
            _ => (None, false),
        };
        let own = Self { color: cli.color, quiet: cli.quiet, format, strict, ..Self::default() };
        let Some(args) = cli.command.project_args() else { return own };
        Self {
            broker: args.broker.clone(),
            address: args.address.as_ref().map(ToString::to_string),
            variable: args.variable.clone(),
            client: args.clients.clone(),
            only: args.only.clone(),
            exclude_service: args.excluded_services.clone(),
            exclude: args.exclude.iter().map(|glob| glob.as_str().to_owned()).collect(),
            all_services: args.all_services,
            host_access: args.host_access,
            select: args.select.clone(),
            ignore: args.ignore.clone(),
            unsafe_fixes: args.unsafe_fixes,
            jobs: args.jobs,
            ..own
        }
    }
}

fn known_rules(setting: &str, names: Vec<String>) -> Result<Vec<String>, String> {
    match names.iter().find(|name| Rule::by_name(name).is_none()) {
        Some(name) => Err(format!("{setting}: `{name}` is not a rule; {}", Rule::advice(name))),
        None => Ok(names),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser as _;

    /// The command line with settings.
    fn with(settings: &str, words: &[&str]) -> Result<Cli, String> {
        let mut cli = Cli::try_parse_from(words).expect("the arguments are right");
        let file = read(Path::new("composefix.toml"), settings)?;
        file.settings.apply_to(&mut cli).map(|()| cli)
    }

    #[test]
    fn a_flag_counts_more_than_a_setting() {
        let settings =
            "broker = \"kafka\"\nclient = [\"a\", \"b\"]\nunsafe-fixes = true\nformat = \"concise\"\njobs = 2\n";
        let cli = with(settings, &["composefix", "check", "--client", "c", "--jobs", "3"]).expect("they are right");
        let Command::Check { project, format, .. } = &cli.command else { panic!("it is check") };
        assert_eq!((project.broker.as_deref(), project.clients.as_slice()), (Some("kafka"), &["c".to_owned()][..]));
        assert_eq!((*format, project.unsafe_fixes), (Some(FindingsFormat::Concise), true));
        assert_eq!(project.jobs, NonZeroUsize::new(3));
    }

    #[test]
    fn the_settings_that_are_shown_give_the_same_again() {
        let settings =
            "address = \"kafka:9092\"\nexclude = [\"tests/**\"]\nselect = [\"retired-image\"]\nstrict = true\n";
        let cli = with(settings, &["composefix", "fix"]).expect("they are right");
        let shown = toml::to_string(&Settings::of(&cli)).expect("they are plain data");
        let again = with(&shown, &["composefix", "fix"]).expect("they are right");
        assert_eq!(Settings::of(&again), Settings::of(&cli));
        assert!(shown.contains("tests/**"), "{shown}");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (settings, expected) in [
            ("brokr = \"kafka\"\n", "composefix.toml: unknown field `brokr`"),
            ("only = []\nbroker = [\n", "composefix.toml:2:11: "),
            ("select = [\"retired\"]\n", "select: `retired` is not a rule"),
            ("address = \"kafka\"\n", "address: write HOST:PORT"),
            ("exclude = [\"a[\"]\n", "exclude: "),
            ("file = [\"../x.yaml\"]\n", "composefix.toml: unknown field `file`"),
            ("[catalog]\nbrokers = []\n", "composefix.toml: catalog: unknown field `brokers`"),
        ] {
            let error = with(settings, &["composefix", "check"]).expect_err(settings);
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn the_example_of_the_documentation_is_right() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
        let page = std::fs::read_to_string(path).expect("the page is there");
        let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next());
        with(example.expect("there is an example"), &["composefix", "check"]).expect("it is right");
    }

    #[test]
    fn the_committed_schema_is_that_of_the_settings() {
        let schema = schemars::schema_for!(SettingsFile);
        crate::cli::schema_test::compare("composefix.schema.json", &schema);
    }
}
