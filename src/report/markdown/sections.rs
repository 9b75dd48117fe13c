//! The sections of a project's report.

use std::fmt::Write as _;

use crate::finding::Severity;
use crate::report::markdown::Stage;
use crate::report::markdown::escape::{block, cell, code, sentence};
use crate::report::markdown::project::{BrokerReport, Problem, ProjectReport, ServiceReport};
use crate::rules::Rule;
use crate::text::capitalized;

/// All sections of a project, with headings of a level.
pub(super) fn render(project: &ProjectReport, stage: Stage, level: usize) -> String {
    let heading = "#".repeat(level);
    let sections = [
        ("Problem", problem(project)),
        ("Root cause", root_cause(project, stage)),
        (if stage == Stage::Made { "Changes" } else { "Proposed changes" }, changes(project, stage)),
        ("Not fixed", list(&project.left)),
        ("Ignored by comments", list(&project.ignored)),
        ("Services that were left out", left_out(project)),
        ("Clients that were already correct", table(&project.right)),
        ("Clients of a broker outside the project", table(&project.elsewhere)),
        ("Clients that may not reach their broker", with_reasons(&project.unproven)),
        ("Undecided services", unknown(project)),
        ("Other services", others(project)),
        ("How to apply", apply(project, stage)),
        ("Expected behavior", expected(project)),
        ("How to verify", verify(project)),
        ("Note on env files", env_files(project)),
    ];
    let written = sections.iter().filter(|(_, text)| !text.is_empty());
    written.map(|(title, text)| format!("{heading} {title}\n\n{text}")).collect::<Vec<_>>().join("\n")
}

/// The sections of a project without problems: what was not looked at, and what may be wrong.
pub(super) fn of_silent(project: &ProjectReport) -> String {
    let sections = [
        ("Ignored by comments", list(&project.ignored)),
        ("Services that were left out", left_out(project)),
        ("Clients of a broker outside the project", table(&project.elsewhere)),
        ("Clients that may not reach their broker", with_reasons(&project.unproven)),
        ("Undecided services", unknown(project)),
    ];
    let written = sections.iter().filter(|(_, text)| !text.is_empty());
    written.map(|(title, text)| format!("\n## {title}: {}\n\n{text}", code(&project.name()))).collect()
}

fn problem(project: &ProjectReport) -> String {
    let mut out = String::new();
    for problem in &project.problems {
        let _ =
            writeln!(out, "- {}: {} ({})", problem.severity.as_str(), sentence(&problem.message), code(problem.rule));
    }
    if !project.log_lines.is_empty() {
        let lines = project.log_lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        let _ = write!(out, "\nThe log of an affected client may show a line such as:\n\n{}", block("text", &lines));
    }
    let errors = project.problems.iter().filter(|problem| problem.severity == Severity::Error);
    let (clients, others): (Vec<&Problem>, Vec<&Problem>) = errors.partition(|problem| problem.is_client);
    if !clients.is_empty() {
        let cut_off = names(clients.into_iter());
        let _ = writeln!(out, "\nUntil this is fixed, {cut_off} can neither send nor receive messages.");
    }
    if !others.is_empty() {
        let _ = writeln!(out, "\nUntil this is fixed, services that need {} do not work.", names(others.into_iter()));
    }
    for broker in project.brokers.iter().filter(|broker| is_sound(broker, project)) {
        let addresses = broker.addresses.iter().map(|address| code(address)).collect::<Vec<_>>().join(", ");
        let _ = writeln!(
            out,
            "\nThe broker {} ({}) is not the problem: containers reach it at {addresses} ({}).",
            code(&broker.name),
            code(&broker.image),
            code(&broker.place)
        );
    }
    out
}

/// Whether a broker has an address and no problem.
fn is_sound(broker: &BrokerReport, project: &ProjectReport) -> bool {
    !broker.addresses.is_empty() && project.problems.iter().all(|problem| problem.service != broker.name)
}

/// The services of problems, each once.
fn names<'p>(problems: impl Iterator<Item = &'p Problem>) -> String {
    let mut names: Vec<String> = Vec::new();
    for name in problems.map(|problem| code(&problem.service)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

/// Of the errors, or else of the warnings: each place with what is to be seen there, and once for each rule why that breaks.
fn root_cause(project: &ProjectReport, stage: Stage) -> String {
    let severity = project.problems.first().map(|problem| problem.severity);
    let causes: Vec<&Problem> = project.problems.iter().filter(|problem| Some(problem.severity) == severity).collect();
    let mut out = String::new();
    for (number, problem) in causes.iter().enumerate() {
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(out, "{gap}{}:\n", capitalized(&sentence(&problem.message)));
        for (place, message) in &problem.places {
            let message = if message.is_empty() { String::new() } else { format!(": {}", sentence(message)) };
            let _ = writeln!(out, "- {}{message}", code(place));
        }
        if let Some(help) = &problem.help {
            let _ = writeln!(out, "\nHelp: {}", sentence(&help.replace('\n', " ")));
        }
        let is_last_of_rule = causes[number + 1..].iter().all(|later| later.rule != problem.rule);
        if let Some(why) = Rule::by_name(problem.rule).map(Rule::why_it_breaks).filter(|_| is_last_of_rule) {
            let _ = writeln!(out, "\n{}", unwrapped(why));
        }
    }
    if stage == Stage::Made && !project.changes.is_empty() {
        out.push_str("\nLine numbers up to here are those before the fixes.\n");
    }
    out
}

/// Paragraphs with one line each: GitHub shows a line break of a pull request's body as one.
fn unwrapped(text: &str) -> String {
    text.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect::<Vec<_>>().join("\n\n")
}

fn changes(project: &ProjectReport, stage: Stage) -> String {
    let mut out = String::new();
    let mut last = "";
    for (path, change) in &project.changes {
        if path != last {
            let gap = if out.is_empty() { "" } else { "\n" };
            let _ = writeln!(out, "{gap}In {}:\n", code(path));
            last = path;
        }
        let lines = match (change.lines.as_str(), change.lines.contains(['-', ','])) {
            ("", _) => String::new(),
            (line, false) => format!("line {line}, "),
            (lines, true) => format!("lines {lines}, "),
        };
        let _ = writeln!(
            out,
            "- {lines}{}: {} ({})",
            sentence(&change.service),
            sentence(&change.title),
            code(change.rule)
        );
    }
    if !out.is_empty() {
        let below = if stage == Stage::Made { "here and below" } else { "in this section" };
        let _ = writeln!(out, "\nLine numbers {below} are those after the fixes. Nothing else in the files changes.");
    }
    out
}

/// Findings that remain, and why.
fn list(problems: &[Problem]) -> String {
    let mut out = String::new();
    for Problem { severity, message, remedy, help, places, rule, .. } in problems {
        let place = places.first().map(|(place, _)| code(place)).unwrap_or_default();
        let _ = writeln!(out, "- {}: {} ({place}, {})", severity.as_str(), sentence(message), code(rule));
        let _ = writeln!(out, "  - {}", sentence(&remedy.replace('\n', " ")));
        if let Some(help) = help {
            let _ = writeln!(out, "  - help: {}", sentence(&help.replace('\n', " ")));
        }
    }
    out
}

fn left_out(project: &ProjectReport) -> String {
    let excluded = project.excluded.iter().map(|name| format!("- {}: excluded\n", code(name)));
    list(&project.left_out) + &excluded.collect::<String>()
}

/// The addresses that services have, and where.
fn table(services: &[ServiceReport]) -> String {
    if services.is_empty() {
        return String::new();
    }
    let mut out = "| Service | Broker address | Written in |\n| --- | --- | --- |\n".to_owned();
    for ServiceReport { name, what, place, .. } in services {
        let _ = writeln!(out, "| {} | {} | {} |", cell(&code(name)), cell(&code(what)), cell(&code(place)));
    }
    out
}

fn others(project: &ProjectReport) -> String {
    let listed = |names: &[String]| names.iter().map(|name| code(name)).collect::<Vec<_>>().join(", ");
    let mut out = String::new();
    if !project.others.is_empty() {
        let _ = writeln!(out, "These services are not Kafka clients: {}.", listed(&project.others));
    }
    if !project.silent.is_empty() {
        let gap = if out.is_empty() { "" } else { "\n" };
        let _ = writeln!(
            out,
            "{gap}composefix found no sign of Kafka in these services and left them unchanged; `--client SERVICE` includes one: {}.",
            listed(&project.silent)
        );
    }
    out
}

/// Services, each with what was seen of it and why that does not decide.
fn with_reasons<'s>(services: impl IntoIterator<Item = &'s ServiceReport>) -> String {
    let line = |ServiceReport { name, what, place, reason }: &ServiceReport| {
        format!("- {}: {} ({}): {}\n", code(name), code(what), code(place), sentence(reason))
    };
    services.into_iter().map(line).collect()
}

fn unknown(project: &ProjectReport) -> String {
    if project.unknown.is_empty() {
        return String::new();
    }
    let (silent, seen): (Vec<_>, Vec<_>) = project.unknown.iter().partition(|service| service.what.is_empty());
    let flag = code(&format!("composefix fix --client {}", project.unknown[0].name));
    let mut out = format!(
        "There is no clear evidence that these services use Kafka, so they are left unchanged ({flag} includes one):\n\n"
    );
    out.push_str(&with_reasons(seen));
    let mut reasons: Vec<&str> = silent.iter().map(|service| service.reason.as_str()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    for reason in reasons {
        let same = silent.iter().filter(|service| service.reason == reason);
        let names = same.map(|service| code(&service.name)).collect::<Vec<_>>().join(", ");
        let _ = writeln!(out, "- {}: {names}", sentence(reason));
    }
    out
}

fn apply(project: &ProjectReport, stage: Stage) -> String {
    if project.changes.is_empty() {
        return String::new();
    }
    let flag = if project.is_unsafe { " --unsafe-fixes" } else { "" };
    let first = match stage {
        Stage::Made => String::new(),
        Stage::Proposed => format!("Apply the fixes with `composefix fix{flag}`. Then:\n\n"),
    };
    match &project.command {
        Some(command) => format!(
            "{first}{}\n`docker compose restart` is not enough, because it keeps the old configuration. `up -d` recreates the containers whose \
             configuration changed; a new dependency takes effect at the next start.\n",
            block("sh", command)
        ),
        None => format!(
            "{first}{}\nNo container has to be recreated; the changes apply to the next start.\n",
            block("sh", &format!("{} up -d", project.compose))
        ),
    }
}

fn expected(project: &ProjectReport) -> String {
    if project.changes.is_empty() {
        return String::new();
    }
    let mut out = String::new();
    let remaining: Vec<&Problem> = project.left.iter().filter(|problem| problem.severity == Severity::Error).collect();
    let fails = |name: &str| remaining.iter().any(|problem| problem.service == name);
    let is_broker_sound = !project.brokers.iter().any(|broker| fails(&broker.name));
    for (name, address) in project.fixed.iter().filter(|(name, _)| is_broker_sound && !fails(name)) {
        let at = address.as_ref().map(|address| format!(" at {}", code(address))).unwrap_or_default();
        let _ = writeln!(out, "- {} connects to its broker{at}.", code(name));
    }
    if !remaining.is_empty() {
        let _ = writeln!(out, "- The errors of {} remain: see “Not fixed”.", names(remaining.into_iter()));
        return out;
    }
    out.push_str("- The broker accepts the messages of the services, and consumers receive them.\n");
    for line in &project.log_lines {
        let _ = writeln!(out, "- {} no longer appears in the logs.", code(line));
    }
    out
}

fn verify(project: &ProjectReport) -> String {
    if project.changes.is_empty() {
        return String::new();
    }
    let mut out = String::new();
    for broker in &project.brokers {
        let words = broker.probe.iter().flatten().map(String::as_str);
        let command = shlex::try_join([broker.name.as_str()].into_iter().chain(words)).ok();
        if let Some(command) = command.filter(|_| broker.probe.is_some()) {
            let line = format!("{} exec {command}", project.compose);
            let _ =
                write!(out, "The broker {} answers if this succeeds:\n\n{}\n", code(&broker.name), block("sh", &line));
        }
    }
    out.push_str(&logs(project));
    out
}

/// What to look for in the logs of the fixed services and of the services with which they exchange messages.
fn logs(project: &ProjectReport) -> String {
    let mut out = String::new();
    let joined = |names: Vec<&str>| shlex::try_join(names).unwrap_or_default();
    let fixed: Vec<&str> = project.fixed.iter().map(|(name, _)| name.as_str()).collect();
    if !fixed.is_empty() {
        let line =
            format!("{} logs --since 5m {} | grep -iE 'kafka|broker|topic|group'", project.compose, joined(fixed));
        let _ = write!(out, "Look at the logs of the fixed services:\n\n{}\n", block("sh", &line));
    } else {
        out.push_str("Look at the logs of the clients:\n\n");
    }
    out.push_str(
        "- A producer logs no refused connections and no unresolved names, even after it has sent a message.\n",
    );
    let works = project.works.iter().map(|(library, line)| format!("{library} logs {}", code(line)));
    let works = works.collect::<Vec<_>>().join(" or ");
    let joins = if works.is_empty() { String::new() } else { format!(" ({works})") };
    let _ = writeln!(out, "- A consumer joins its group{joins} and processes new messages.");
    let others: Vec<&str> = project.right.iter().map(|service| service.name.as_str()).collect();
    if !others.is_empty() {
        let line = format!("{} logs --since 5m --follow {}", project.compose, joined(others));
        let _ = write!(out, "\nCheck that the other clients log no Kafka errors:\n\n{}", block("sh", &line));
    }
    out
}

fn env_files(project: &ProjectReport) -> String {
    let mut out = String::new();
    for entry in &project.overridden {
        let _ = writeln!(
            out,
            "- {} still sets {} to {}.{} For the container of {}, `environment` overrides the env file: it gets {}.",
            code(&entry.place),
            code(&entry.variable),
            code(&entry.value),
            if entry.serves_host { " That is right for a program on the host." } else { "" },
            code(&entry.service),
            code(&entry.now),
        );
    }
    out
}
