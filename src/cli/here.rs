//! The project in the working directory, for `explain`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Parser;

use crate::analysis::Analysis;
use crate::cli::args::Cli;
use crate::cli::fence::{fenced, note_panics};
use crate::cli::requests::Requests;
use crate::cli::settings;
use crate::cli::targets::Target;
use crate::finding::{Applicability, Remedy, Severity};
use crate::report::reason::remedy;
use crate::rules::explain::ProjectFinding;
use crate::rules::{Options, find};
use crate::source::{Borders, Files};

/// The findings that `composefix check` reports for the project of `files`, without them for the one here or above; `None` if there is no
/// project with a broker, or it cannot be loaded.
pub(super) fn findings(named: &[PathBuf]) -> Option<Vec<ProjectFinding>> {
    let mut words: Vec<OsString> = ["composefix", "check"].map(OsString::from).to_vec();
    words.extend(named.iter().flat_map(|file| ["-f".into(), file.into()]));
    let cli = settings::apply(Cli::try_parse_from(words).ok()?).ok()?;
    let args = cli.command.project_args()?;
    let asked = if named.is_empty() { Requests::here(args)? } else { Requests::of(args).list.pop()? };
    let (options, border) = (args.options(), asked.border(args, &Borders::default()));
    let mut files = Files::new(border.clone());
    note_panics();
    let load = || Target::load(&mut files, &asked.request, args, &options.inputs(), &border);
    let (_, analysis) = fenced("project", load).ok()?.ok()??;
    (!analysis.topology.brokers.is_empty()).then(|| found(&analysis, &options))
}

fn found(analysis: &Analysis, options: &Options) -> Vec<ProjectFinding> {
    let findings = fenced("project", || find(analysis, options).findings).unwrap_or_default();
    let report = findings.into_iter().map(|finding| {
        let remedy = remedy(&finding);
        let is_fixed = !matches!(finding.remedy, Remedy::None(_));
        let place = analysis.files.get(finding.primary.file).place(finding.primary.span.start);
        ProjectFinding {
            rule: finding.rule().to_owned(),
            place: place.strip_prefix("./").unwrap_or(&place).to_owned(),
            is_error: finding.severity == Severity::Error,
            is_unsafe: finding.fix().is_some_and(|fix| fix.applicability == Applicability::Unsafe),
            service: finding.service,
            message: finding.message,
            fix: is_fixed.then(|| remedy.clone()),
            by_hand: (!is_fixed).then(|| finding.help.unwrap_or(remedy)),
        }
    });
    report.collect()
}
