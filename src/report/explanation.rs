//! Explanations of logs, for people.

use std::fmt::Write as _;

use crate::rules::explain::{Cause, Explanation, Giver, Observation, ProjectFinding, Unknown};
use crate::text::{counted, shown};

/// Messages that are explained in full; others are listed.
const IN_FULL: usize = 3;

/// Messages that are listed.
const LISTED: usize = 10;

/// Renders the recognized messages with their likely causes; empty if there are none. `project` has the findings of the project of the log,
/// if it is known; those among the causes are listed.
#[must_use]
pub fn render(explanation: &Explanation, project: Option<&[ProjectFinding]>) -> String {
    let groups = groups(&explanation.observations);
    let mut out = String::new();
    if explanation.lines > 1 && !groups.is_empty() {
        let _ = writeln!(out, "Found {} in {} lines.\n", counted(groups.len(), "problem"), explanation.lines);
    }
    let full: Vec<String> =
        groups.iter().take(IN_FULL).map(|group| full(group, explanation.lines > 1, project)).collect();
    out.push_str(&full.join("\n"));
    if groups.len() > IN_FULL {
        out.push_str("\nOther lines that matter less:\n");
        for group in groups.iter().skip(IN_FULL).take(LISTED) {
            let _ = writeln!(out, "  {}: {}", place(group[0]), shown(&group[0].message));
        }
    }
    out.push_str(&others(explanation));
    let has_rules = groups.iter().flat_map(|group| &group[0].causes).any(|(_, cause)| !cause.rules.is_empty());
    if has_rules {
        out.push_str(match project {
            None => "\n`composefix check` shows which cause it is, and `composefix explain RULE` prints the page of a rule.\n",
            Some(findings) if groups.iter().any(|group| has_fix(group, findings, false)) => {
                "\n`composefix diff` shows the fixes, `composefix fix` applies them, and `composefix explain RULE` prints the page of a rule.\n"
            }
            Some(findings) if groups.iter().any(|group| has_fix(group, findings, true)) => {
                "\n`composefix diff --unsafe-fixes` shows the fixes, and `composefix explain RULE` prints the page of a rule.\n"
            }
            Some(_) => "\n`composefix explain RULE` prints the page of a rule.\n",
        });
    }
    out
}

/// The text for a log in which nothing is known. For a single line it is an error message, whose first line has no capital or full stop.
#[must_use]
pub fn unknown(explanation: &Explanation) -> String {
    let mut out = match &explanation.unknown {
        None => "there is no line to explain\n".to_owned(),
        Some(Unknown { message, .. }) if explanation.lines == 1 => format!("not recognized: `{}`\n", shown(message)),
        Some(_) => format!("No known problem in {} lines.\n", explanation.lines),
    };
    if let Some(Unknown { library, address, .. }) = explanation.unknown.as_ref().filter(|_| explanation.lines == 1) {
        let address =
            address.as_ref().map(|address| format!("It names the address `{}`. ", shown(&address.to_string())));
        let library = library.as_ref().map(|library| format!("Possibly printed by: {}. ", shown(library)));
        let known = format!("{}{}", address.unwrap_or_default(), library.unwrap_or_default());
        if !known.is_empty() {
            let _ = writeln!(out, "{}No known problem is in it.", shown(&known));
        }
    }
    out.push_str(others(explanation).trim_start());
    out.push_str(WHERE_TO_LOOK);
    out
}

const WHERE_TO_LOOK: &str = "
Look for a line that shows what failed:
  - in the client's log: an address with `refused`, `timed out`, `could not be established`, `ENOTFOUND` or `disconnected`
  - in the broker's log: `requirement failed`, `ConfigException`, `ERROR ==>`, `is required` or `is not set`
  - from Compose: `dependency failed to start`, `is unhealthy` or `undefined service`

`docker compose logs SERVICE | composefix explain -` reads a whole log.
`composefix check` examines the project without a log.
";

/// Messages with the same meaning and causes are one problem.
fn groups(observations: &[Observation]) -> Vec<Vec<&Observation>> {
    let mut groups: Vec<Vec<&Observation>> = Vec::new();
    let names =
        |observation: &Observation| -> Vec<&'static str> { observation.causes.iter().map(|(name, _)| *name).collect() };
    for observation in observations {
        let is_same = |group: &&mut Vec<&Observation>| {
            (&group[0].means, names(group[0])) == (&observation.means, names(observation))
        };
        match groups.iter_mut().find(is_same) {
            Some(group) => group.push(observation),
            None => groups.push(vec![observation]),
        }
    }
    groups
}

fn full(group: &[&Observation], with_places: bool, project: Option<&[ProjectFinding]>) -> String {
    let first = group[0];
    let mut out = String::new();
    for observation in group.iter().take(IN_FULL) {
        if with_places {
            let _ = writeln!(out, "{}:", place(observation));
        }
        let _ = writeln!(out, "{}", shown(&observation.message));
    }
    let _ = writeln!(out, "\n{}", shown(&first.means));
    if let Some(facts) = facts(first) {
        let _ = writeln!(out, "{}", shown(&facts));
    }
    let heading = if first.causes.len() == 1 { "Likely cause" } else { "Likely causes, most likely first" };
    let _ = writeln!(out, "\n{heading}:");
    for (number, (_, cause)) in first.causes.iter().enumerate() {
        add_cause(&mut out, number + 1, cause, first);
    }
    if let Some(tip) = &first.tip {
        let _ = writeln!(out, "\n{tip}");
    }
    if let Some(project) = project {
        out.push_str(&in_project(group, project));
    }
    out
}

/// The place of a message in the log, and its count.
fn place(observation: &Observation) -> String {
    let container = observation.container.as_ref().map(|container| format!(" of `{}`", shown(container)));
    let more = match observation.count {
        1 => String::new(),
        count => format!(", {count} times until line {}", observation.last_line),
    };
    format!("Line {}{}{more}", observation.first_line, container.unwrap_or_default())
}

fn facts(observation: &Observation) -> Option<String> {
    let library = observation.library.as_ref().map(|library| format!("Printed by: {library}."));
    let giver = match observation.giver {
        _ if observation.address.is_none() => None,
        Giver::Unknown => None,
        Giver::Client => Some("The address is the client's own setting (a bootstrap server).".to_owned()),
        Giver::Broker(None) => Some("The address comes from the broker's metadata.".to_owned()),
        Giver::Broker(Some(node)) => Some(format!("The address comes from the broker's metadata: node {node}.")),
    };
    let facts: Vec<String> = library.into_iter().chain(giver).collect();
    (!facts.is_empty()).then(|| facts.join(" "))
}

fn add_cause(out: &mut String, number: usize, cause: &Cause, observation: &Observation) {
    let _ = writeln!(out, "  {number}. {}", shown(&observation.fill(&cause.summary)));
    for (rule, when) in &cause.rules {
        let _ = writeln!(out, "     {rule:29}  {when}");
    }
    if let Some(by_hand) = &cause.by_hand {
        let _ = writeln!(out, "     By hand: {}", shown(&observation.fill(by_hand)));
    }
}

/// Whether a finding that explains these messages has a fix, safe or unsafe.
fn has_fix(group: &[&Observation], project: &[ProjectFinding], is_unsafe: bool) -> bool {
    let mut found = group.iter().flat_map(|observation| observation.found_in(project));
    found.any(|finding| finding.fix.is_some() && finding.is_unsafe == is_unsafe)
}

fn in_project(group: &[&Observation], project: &[ProjectFinding]) -> String {
    let mut found: Vec<&ProjectFinding> = Vec::new();
    for finding in group.iter().flat_map(|observation| observation.found_in(project)) {
        if !found.contains(&finding) {
            found.push(finding);
        }
    }
    if found.is_empty() {
        let others = match project.len() {
            0 => String::new(),
            count => format!(", but it reports {}", counted(count, "other problem")),
        };
        return format!(
            "\n`composefix check` finds none of these causes in this project{others}. A log may be older than the last fix.\n"
        );
    }
    let line = |finding: &&ProjectFinding| {
        let ProjectFinding { rule, message, place, fix, is_unsafe, by_hand, .. } = finding;
        let label = if *is_unsafe { "unsafe fix" } else { "fix" };
        let fix = fix.iter().map(|title| (label, title)).chain(by_hand.iter().map(|advice| ("by hand", advice)));
        let advice = fix.map(|(what, text)| format!("    {what}: {}\n", shown(&text.replace('\n', " "))));
        format!("  {} at {}: {}\n{}", shown(rule), shown(place), shown(message), advice.collect::<String>())
    };
    let (errors, warnings): (Vec<&ProjectFinding>, Vec<&ProjectFinding>) =
        found.into_iter().partition(|finding| finding.is_error);
    let parts = [
        ("Findings in this project that explain it", errors),
        ("Warnings in this project that may explain it", warnings),
    ];
    let parts = parts.iter().filter(|(_, findings)| !findings.is_empty());
    parts.map(|(heading, found)| format!("\n{heading}:\n{}", found.iter().map(line).collect::<String>())).collect()
}

fn others(explanation: &Explanation) -> String {
    let others = explanation.others.iter().map(|(name, count)| format!("{} ({name})", counted(*count, "line")));
    let others: Vec<String> = others.collect();
    match others.is_empty() {
        true => String::new(),
        false => format!("\nNot about Kafka, by the port: {}.\n", others.join(", ")),
    }
}
