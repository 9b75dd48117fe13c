//! The documentation is true: the examples of the rule pages run, and so do the commands of the README.

mod sandbox;
mod terminal;

use std::path::Path;

use composefix::Options;
use composefix::kafka::effective::FAMILIES;
use composefix::report::text;
use composefix::rules::RULES;
use composefix::source::Files;
use composefix::text::{Colour, Screen};
use sandbox::{Sandbox, in_crate, read};

/// The headings of every rule's page, in their order.
const HEADINGS: [&str; 6] = [
    "What it finds",
    "Why it breaks",
    "Example",
    "What the fix does",
    "When it reports nothing",
    "When it does not fix",
];

/// The fenced blocks of a Markdown text: the info string, and the content.
fn blocks(markdown: &str) -> Vec<(&str, String)> {
    let mut blocks = Vec::new();
    let mut lines = markdown.lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let content = lines.by_ref().take_while(|line| *line != "```");
            blocks.push((info, content.map(|line| format!("{line}\n")).collect()));
        }
    }
    blocks
}

fn block(markdown: &str, info: &str) -> String {
    let mut found = blocks(markdown).into_iter().filter(|(own, _)| *own == info);
    let (Some((_, content)), None) = (found.next(), found.next()) else {
        panic!("there must be one block `{info}`");
    };
    content
}

#[test]
fn every_rule_has_a_page_with_its_name_and_the_six_headings() {
    for rule in RULES {
        assert_eq!(rule.page.lines().next(), Some(format!("# {}", rule.name).as_str()));
        let headings: Vec<&str> = rule.page.lines().filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(headings, HEADINGS, "{}", rule.name);
    }
}

#[test]
fn the_prose_of_every_page_fits_into_100_columns() {
    for rule in RULES {
        let prose = rule.page.split("```").step_by(2).flat_map(str::lines);
        let long: Vec<&str> = prose.filter(|line| line.chars().count() > 100).collect();
        assert!(long.is_empty(), "{}: {long:?}", rule.name);
    }
}

/// Rules about code: their examples are not compose files.
const BY_HAND: [&str; 1] = ["hard-coded-broker-address"];

#[test]
fn every_page_has_an_example_that_its_rule_finds_and_the_repair_mends() {
    for rule in RULES.iter().filter(|rule| !BY_HAND.contains(&rule.name)) {
        let sandbox = Sandbox::new();
        sandbox.write("compose.yaml", &block(rule.page, "yaml before"));
        for (info, content) in blocks(rule.page) {
            if let Some(path) = info.strip_prefix("env ") {
                sandbox.write(path, &content);
            }
        }
        let check = sandbox.composefix(&["check"]);
        assert_eq!(check.out.matches(&format!("[{}]: ", rule.name)).count(), 1, "{}: {}", rule.name, check.out);
        let others = RULES.iter().filter(|other| other.name != rule.name);
        for other in others {
            assert!(!check.out.contains(&format!("[{}]", other.name)), "{}: {}", rule.name, check.out);
        }
        let fix = sandbox.composefix(&["fix", "--strict", "--unsafe-fixes"]);
        assert_eq!(fix.code, 0, "{}: {}", rule.name, fix.err);
        assert_eq!(sandbox.read("compose.yaml"), block(rule.page, "yaml after"), "{}", rule.name);
    }
}

#[test]
fn the_readme_shows_the_diff_that_its_command_prints() {
    let readme = read("README.md");
    let commands: Vec<String> = blocks(&readme).into_iter().filter(|(info, _)| *info == "sh").map(|(_, c)| c).collect();
    let job = "cargo run -- diff --exit-zero examples/bike-share\n";
    assert_eq!(commands, ["cargo install --locked --path .\n", job, "sh ci/test\n"]);
    assert_eq!(block(&readme, "diff"), read("examples/bike-share/expected.diff"));
    assert!(read(".ci/run").contains(" sh ci/test\n"), "the same tests run there");

    let sandbox = Sandbox::new();
    sandbox.copy(&in_crate("examples/bike-share"), "examples/bike-share");
    let said = sandbox.composefix(&["diff", "--exit-zero", "examples/bike-share"]);
    assert_eq!((said.code, said.out), (0, block(&readme, "diff")));
}

#[test]
fn the_picture_of_the_readme_is_what_check_prints_on_a_terminal() {
    let mut files = Files::default();
    let path = Path::new("examples/bike-share/compose.yaml");
    let findings = composefix::check(&mut files, path, &Options::default()).expect("the example is right");
    let shown = |width| text::render(&findings, &files, Screen { colour: Colour::Always, width });
    let sandbox = Sandbox::new();
    sandbox.copy(&in_crate("examples/bike-share"), "examples/bike-share");
    let said = sandbox.composefix(&["check", "--color", "always", "examples/bike-share"]);
    assert_eq!(said.out, shown(None));

    let picture = terminal::picture("composefix check examples/bike-share", &shown(Some(96)));
    if std::env::var_os("UPDATE_FIXTURES").is_some_and(|value| value == "1") {
        std::fs::write(in_crate("docs/terminal.svg"), &picture).expect("the crate is ours");
    }
    assert!(picture == read("docs/terminal.svg"), "docs/terminal.svg is not up to date; UPDATE_FIXTURES=1 writes it");
    assert!(read("README.md").contains("](docs/terminal.svg)"));
}

#[test]
fn the_readme_names_every_command_and_every_rule_and_no_other() {
    let readme = read("README.md");
    let named = |start: &str| -> Vec<String> {
        let rows = readme.lines().filter_map(|line| line.strip_prefix(start));
        rows.filter_map(|row| row.split_once('`')).map(|(name, _)| name.to_owned()).collect()
    };
    let help = Sandbox::new().composefix(&["--help"]).out;
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let commands: Vec<&str> = commands.filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).collect();
    let commands: Vec<&str> = commands.into_iter().filter(|name| !name.is_empty() && *name != "help").collect();
    assert_eq!(named("| `composefix "), commands);

    let rules: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(named("| [`"), rules);
    for rule in RULES {
        assert!(readme.contains(&format!(" | {} |\n", rule.summary)), "{}", rule.name);
    }
}

/// The names in backticks of a cell of a table.
fn names(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The fixtures that a name in docs/problems.md matches, by the names of their folders; `*` matches any characters.
fn fixtures(pattern: &str) -> Vec<String> {
    let folder = match pattern.split_once('/') {
        Some((rule, _)) => in_crate("tests/rules").join(rule),
        None => in_crate("tests/cli"),
    };
    let pattern = pattern.rsplit('/').next().unwrap_or(pattern);
    let (start, end) = pattern.split_once('*').unwrap_or((pattern, ""));
    let is_meant = |name: &String| match pattern.contains('*') {
        true => name.strip_prefix(start).is_some_and(|rest| rest.ends_with(end)),
        false => name == pattern,
    };
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())).flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).filter(is_meant).collect()
}

#[test]
fn the_table_of_faults_names_rules_and_fixtures_that_exist_and_every_rule() {
    let page = read("docs/faults.md");
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| F"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let numbers: Vec<String> = rows.iter().filter_map(|row| Some(row[0].split_once(':')?.0.to_owned())).collect();
    assert_eq!(numbers, (1..=26).map(|number| format!("F{number}")).collect::<Vec<_>>());
    let mut rules = Vec::new();
    for row in &rows {
        let &[fault, _, found_by, _, broken, silent] = row.as_slice() else { panic!("{row:?} has six cells") };
        assert!(found_by == "none" || !names(found_by).is_empty(), "{fault}: {found_by} is no rule");
        for rule in names(found_by) {
            assert!(RULES.iter().any(|own| own.name == rule), "{fault}: {rule}");
            let starts = |pattern: &&str| pattern.starts_with(&format!("{rule}/"));
            assert!(
                names(broken).iter().any(starts) && names(silent).iter().any(starts),
                "{fault}: no fixture of {rule}"
            );
            rules.push(rule);
        }
        for (cell, is_silent) in [(broken, false), (silent, true)] {
            for pattern in names(cell) {
                let found = fixtures(pattern);
                let is_of_its_kind = |name: &String| name.starts_with("ok-") == is_silent;
                assert!(found.iter().any(is_of_its_kind), "{fault}: {pattern} is {found:?}");
            }
        }
    }
    for rule in RULES {
        assert!(rules.contains(&rule.name), "{} finds none of the faults", rule.name);
    }
}

#[test]
fn the_examples_of_the_help_run() {
    let sandbox = Sandbox::new();
    for folder in ["project", "project/services/billing"] {
        sandbox.copy(&in_crate("examples/bike-share"), folder);
    }
    sandbox.write("project/dev.yaml", "services:\n  billing:\n    environment:\n      CURRENCY: GBP\n");
    for help in [&["--help"][..], &["help", "check"], &["help", "diff"], &["help", "fix"], &["help", "status"]] {
        let said = sandbox.composefix(help).out;
        let examples = said.lines().skip_while(|line| *line != "Examples:").skip(1).take_while(|line| !line.is_empty());
        let own = examples.filter(|line| line.starts_with("  composefix "));
        let commands: Vec<&str> = own.filter_map(|line| line.trim_start().split("  ").next()).collect();
        assert!(commands.len() > 1, "{help:?}");
        for command in commands {
            let program = format!("composefix() {{ '{}' \"$@\"; }}", env!("CARGO_BIN_EXE_composefix"));
            let said = sandbox.run("sh", &["-c", &format!("{program}; cd project && {command}")]);
            assert!([0, 1].contains(&said.code), "{command}: {}", said.err);
        }
    }
}

#[test]
fn every_flag_that_a_document_names_exists() {
    let help: String = ["check", "diff", "fix", "status"]
        .iter()
        .map(|verb| Sandbox::new().composefix(&[verb, "--help"]).out)
        .collect();
    let pages = RULES.iter().map(|rule| (rule.name, rule.page.to_owned()));
    for (name, text) in pages.chain([("README.md", read("README.md")), ("CHANGELOG.md", read("CHANGELOG.md"))]) {
        for code in text.split('`').filter(|code| code.starts_with("--")) {
            let flag = code.split(' ').next().unwrap_or(code);
            assert!(help.contains(flag), "{name} names {flag}");
        }
    }
}

/// The pages in `docs/`, by their paths there.
fn pages_of_the_book() -> Vec<String> {
    let mut pages = Vec::new();
    for folder in ["", "rules/"] {
        let entries = std::fs::read_dir(in_crate("docs").join(folder)).expect("the folder is there").flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        pages.extend(names.filter(|name| name.ends_with(".md")).map(|name| format!("{folder}{name}")));
    }
    pages.sort();
    pages
}

/// The targets of the links of a page.
fn links(text: &str) -> impl Iterator<Item = &str> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    targets.filter(|target| !target.contains("://"))
}

#[test]
fn the_summary_of_the_book_names_every_page_once() {
    let summary = read("docs/SUMMARY.md");
    let mut named: Vec<&str> = links(&summary).collect();
    named.sort_unstable();
    let pages: Vec<String> = pages_of_the_book().into_iter().filter(|page| page != "SUMMARY.md").collect();
    assert_eq!(named, pages);
}

#[test]
fn the_book_has_the_page_of_every_rule() {
    for rule in RULES {
        let page = format!("docs/rules/{}.md", rule.name);
        let text = read(&page);
        let path = text.strip_prefix("{{#include ../../").and_then(|rest| rest.strip_suffix("}}\n"));
        assert_eq!(path.map(read).as_deref(), Some(rule.page), "{page}");
    }
}

#[test]
fn every_link_leads_to_a_file() {
    let pages = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"].map(str::to_owned);
    let book = pages_of_the_book().into_iter().map(|page| format!("docs/{page}"));
    for page in pages.into_iter().chain(book) {
        let text = read(&page);
        let folder = in_crate(&page).parent().map(Path::to_owned).unwrap_or_default();
        for target in links(&text) {
            assert!(folder.join(target).exists(), "{page} links to {target}");
        }
    }
}

#[test]
fn the_page_on_configuration_names_every_family_of_images() {
    let page = read("docs/configuration.md");
    let families = FAMILIES.iter().filter(|family| !family.images.is_empty()).map(|family| &family.name);
    let missing: Vec<_> = families.filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
