//! How findings are worded: a reviewed snapshot for each rule, and what holds for every message.

use std::collections::HashSet;
use std::path::Path;

use composefix::finding::Finding;
use composefix::report::{reason, text};
use composefix::text::Colour;
use similar::TextDiff;

use super::case::Case;

/// No message, label, line of help or fix title is longer, in characters.
const LONGEST: usize = 160;

/// Words that CONTRIBUTING.md replaces with others.
const ODD: [&str; 14] = [
    " is no ",
    " are no ",
    " told ",
    " tells ",
    " says ",
    " stands ",
    " behind ",
    " beside ",
    " anew",
    " mend",
    " wants ",
    "repair",
    " a blank",
    " once more",
];

/// Compares the snapshot `tests/snapshots/<rule>.txt` with the findings of the rule's cases, as `composefix check` prints them. Of findings
/// that differ only in names and values, the first is shown.
pub fn compare(rule: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(format!("{rule}.txt"));
    let found = snapshot(rule);
    if std::env::var_os("UPDATE_FIXTURES").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(path.with_file_name("")).expect("the crate is ours");
        std::fs::write(&path, found).expect("the crate is ours");
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    let diff = TextDiff::from_lines(&expected, &found);
    assert!(expected == found, "{}", diff.unified_diff().header(&path.display().to_string(), "now"));
}

fn snapshot(rule: &str) -> String {
    let mut seen = HashSet::new();
    let mut out = String::new();
    for case in Case::all().iter().filter(|case| case.rule == rule) {
        let run = case.run().unwrap_or_else(|error| panic!("{case}: {error}"));
        let own = run.findings.iter().filter(|finding| finding.rule() == rule);
        let new: Vec<Finding> = own.filter(|finding| seen.insert(shape(finding))).cloned().collect();
        if !new.is_empty() {
            out.push_str(&format!("# {case}\n\n{}\n", text::render(&new, run.files(), Colour::Never)));
        }
    }
    out.trim_end().to_owned() + "\n"
}

/// The texts of a finding, without names and values: what is in backticks, and words that are not all lower-case letters.
fn shape(finding: &Finding) -> String {
    let is_word = |word: &&str| word.chars().all(|letter| letter.is_ascii_lowercase() || ".,:;()'".contains(letter));
    let outside = |text: &str| {
        let parts = text.split('`').step_by(2).map(str::to_owned);
        parts.collect::<Vec<_>>().join("`").split(' ').filter(is_word).collect::<Vec<_>>().join(" ")
    };
    texts(finding).iter().map(|text| outside(text)).collect::<Vec<_>>().join("\n")
}

/// All texts of a finding, line by line.
fn texts(finding: &Finding) -> Vec<String> {
    let labels = std::iter::once(&finding.primary).chain(&finding.related).map(|label| label.message.clone());
    let help = finding.help.iter().flat_map(|help| help.lines()).map(str::to_owned);
    std::iter::once(finding.message.clone()).chain(labels).chain(help).chain([reason::remedy(finding)]).collect()
}

/// Whether a finding keeps the limit of length and uses the project's words.
///
/// # Errors
/// The first text that does not.
pub fn is_plain(finding: &Finding) -> Result<(), String> {
    for text in texts(finding) {
        let length = text.chars().count();
        if length > LONGEST {
            return Err(format!("{length} characters are more than {LONGEST}: {text}"));
        }
        let outside: String = text.split('`').step_by(2).collect();
        if let Some(odd) = ODD.iter().find(|odd| format!(" {outside} ").contains(*odd)) {
            return Err(format!("CONTRIBUTING.md has another word for `{}`: {text}", odd.trim()));
        }
    }
    Ok(())
}
