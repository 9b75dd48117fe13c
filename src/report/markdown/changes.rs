//! Which lines of the fixed files hold what the fixes changed.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::analysis::Analysis;
use crate::compose::{Change, CommandPart, Section, Service, Variable};
use crate::finding::Fix;
use crate::fixer::{Applied, Outcome};
use crate::report::markdown::lines::Lines;
use crate::source::FileId;
use crate::text::masked;
use crate::yaml::NodeId;

/// What one fix did in one file.
pub(super) struct FileChange {
    /// The file.
    pub(super) file: FileId,
    /// The lines in the fixed file, as in `12` or `12-14`; empty where lines only went.
    pub(super) lines: String,
    /// The services that changed.
    pub(super) service: String,
    /// What was done.
    pub(super) title: String,
    /// The rule that it is for.
    pub(super) rule: &'static str,
}

/// What the fixes of a project changed, by file and line. A health check that a broker gets for the fix of another service, and a variable
/// that another service gets for the fix of a broker, are separate changes.
pub(super) fn changes(outcome: &Outcome, all: &Lines<'_>) -> Vec<FileChange> {
    let mut seen: Vec<*const Fix> = Vec::new();
    let mut changes: Vec<(usize, FileChange)> = Vec::new();
    for applied in &outcome.applied {
        if seen.contains(&Arc::as_ptr(&applied.fix)) {
            continue;
        }
        seen.push(Arc::as_ptr(&applied.fix));
        let names = services_of(applied, outcome);
        let (mut own, mut parts) = (Vec::new(), Vec::new());
        for (_, change) in &applied.fix.changes {
            match title_of_another(change, &names) {
                Some(title) => {
                    parts.push((change.service().map(str::to_owned).into_iter().collect(), title, vec![change]))
                }
                None => own.push(change),
            }
        }
        parts.insert(0, (names, applied.fix.title.clone(), own));
        for (names, title, changed) in parts {
            for (file, lines) in lines_of(&changed, &applied.fix, &outcome.analysis, all) {
                let service = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                let (lines, first) = (ranges(&lines), lines.first().copied().unwrap_or(0));
                changes.push((
                    first,
                    FileChange { file, lines, service, title: masked(&title).into_owned(), rule: applied.id.rule },
                ));
            }
        }
    }
    changes.sort_by_key(|(line, change)| (change.file, *line));
    // The fixes of several clients may each bring the health check of their broker.
    changes.dedup_by(|(_, one), (_, other)| {
        (one.file, &one.lines, &one.service, &one.title) == (other.file, &other.lines, &other.service, &other.title)
    });
    changes.into_iter().map(|(_, change)| change).collect()
}

/// What a change does to another service than those that a fix is for, if it has words of its own.
fn title_of_another(change: &Change, names: &[String]) -> Option<String> {
    let is_other = |service: &String| !names.contains(service);
    match change.meaning() {
        Change::Healthcheck { service, .. } if is_other(service) => Some("add a health check".to_owned()),
        Change::Variable { service, name, value } if is_other(service) => Some(format!("set {name} to {value}")),
        _ => None,
    }
}

/// The services for which a fix was applied.
fn services_of(applied: &Applied, outcome: &Outcome) -> Vec<String> {
    let same = outcome.applied.iter().filter(|other| Arc::ptr_eq(&other.fix, &applied.fix));
    let names: BTreeSet<(usize, &str)> = same.map(|other| (other.id.service.index(), other.service.as_str())).collect();
    names.into_iter().map(|(_, name)| name.to_owned()).collect()
}

/// The new lines that changes of a fix account for, in each file that they are declared for.
fn lines_of(changes: &[&Change], fix: &Fix, analysis: &Analysis, all: &Lines<'_>) -> BTreeMap<FileId, BTreeSet<usize>> {
    let declared = fix.changes.iter().filter(|(_, change)| changes.contains(&change));
    let mut lines: BTreeMap<FileId, BTreeSet<usize>> = declared.map(|(file, _)| (*file, BTreeSet::new())).collect();
    for change in changes {
        for (first, last) in places(change, analysis) {
            let (file, from) = (analysis.project.file(first), analysis.project.span(first).start);
            let (path, index) = (analysis.files.get(file).path(), analysis.files.get(file).lines());
            let until = analysis.project.span(last).end.saturating_sub(1).max(from);
            let touched = index.line(from)..=index.line(until);
            let own = touched.filter(|line| all.is_new(path, *line));
            if let Some(lines) = lines.get_mut(&file) {
                lines.extend(own);
            }
        }
    }
    lines
}

/// The first and the last node of what a change leaves in the fixed project.
fn places(change: &Change, analysis: &Analysis) -> Vec<(NodeId, NodeId)> {
    let change = change.meaning();
    let Some(service) = change.service().and_then(|name| analysis.project.service(name)) else { return Vec::new() };
    let section = |section: &Section| (section.key, section.value);
    match change {
        Change::Variable { name, .. } | Change::Renamed { name, .. } => variable(service, name).into_iter().collect(),
        Change::Dependency { .. } => service.depends_on.section.iter().map(section).collect(),
        Change::Healthcheck { .. } => service.healthcheck.iter().map(|check| section(&check.section)).collect(),
        Change::Command { part, .. } => {
            let command = match part {
                CommandPart::Command => &service.command,
                CommandPart::Entrypoint => &service.entrypoint,
            };
            command.iter().flat_map(|command| &command.texts).map(|text| (text.node, text.node)).collect()
        }
        Change::Network { .. } => {
            let networks = service.definitions.iter().filter_map(|definition| definition.networks.as_ref());
            networks.map(section).collect()
        }
        Change::Port { to, .. } => {
            let written = analysis.project.written_ports(service).into_iter().filter(|written| written.short() == *to);
            written.filter_map(|written| written.text).map(|text| (text.node, text.node)).collect()
        }
        Change::Image { .. } => service.image.iter().map(|image| (image.node, image.node)).collect(),
        Change::Removed { .. } | Change::LeftMode { .. } | Change::Extension(_) | Change::Inherited(_) => Vec::new(),
    }
}

fn variable(service: &Service, name: &str) -> Option<(NodeId, NodeId)> {
    match service.variable(name)? {
        Variable::Environment(written) => Some((written.node, written.node)),
        Variable::EnvFile(..) => None,
    }
}

/// Lines as people write them: `3`, `5-7`.
fn ranges(lines: &BTreeSet<usize>) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for &line in lines {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == line => *last = line,
            _ => ranges.push((line, line)),
        }
    }
    let words = ranges.iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    });
    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_follow_each_other_are_a_range() {
        assert_eq!(ranges(&BTreeSet::from([1, 3, 4, 5, 9])), "1, 3-5, 9");
    }
}
