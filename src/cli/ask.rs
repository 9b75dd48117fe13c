//! Asks for each fix whether to make it (`fix --interactive`).

use std::collections::HashSet;
use std::io::{self, BufRead as _, Write as _};
use std::sync::{Mutex, PoisonError};

use crate::finding::{Finding, Fix};
use crate::rules::Approval;
use crate::source::Files;
use crate::text::{Colour, EditSet, shown, terminal_diff};

/// What was answered so far.
#[derive(Default)]
struct Answers {
    /// The rules of which every fix is to be made.
    rules: HashSet<&'static str>,
    /// Whether no more fixes are to be made.
    has_quit: bool,
}

/// An approval that shows each fix as its diff, and reads a line of standard input.
pub(super) fn approval(colour: Colour) -> Approval {
    let answers = Mutex::new(Answers::default());
    Approval::new(move |finding, fix, files| {
        let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.has_quit || answers.rules.contains(finding.rule()) {
            return !answers.has_quit;
        }
        let answer = ask(finding, &question(finding, fix, files, colour)).unwrap_or('q');
        match answer {
            'a' => {
                answers.rules.insert(finding.rule());
            }
            'q' => answers.has_quit = true,
            _ => {}
        }
        matches!(answer, 'y' | 'a')
    })
}

/// The finding and what its fix changes.
fn question(finding: &Finding, fix: &Fix, files: &Files, colour: Colour) -> String {
    let place = files.get(finding.primary.file).place(finding.primary.span.start);
    let head = format!("{place}: {}[{}]: {}", finding.severity.as_str(), finding.rule(), finding.message);
    let mut out = format!("{}\n{}\n", shown(&head), shown(&format!("fix: {}", fix.title)));
    for (&file, edits) in &fix.edits {
        let file = files.get(file);
        let mut set = EditSet::default();
        if set.add_all(edits).is_ok() {
            let path = file.path().display().to_string();
            out.push_str(&terminal_diff(&path, file.text(), &set.apply(file.text()), colour));
        }
    }
    out
}

/// Asks until there is an answer; `None` at the end of standard input.
fn ask(finding: &Finding, shown: &str) -> Option<char> {
    let question = format!("Apply this fix? [y]es, [n]o, [a]ll of {}, [q]uit: ", finding.rule());
    io::stderr().write_all(format!("{shown}{question}").as_bytes()).ok()?;
    loop {
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line).ok()? == 0 {
            // Nobody pressed the key that ends the line.
            io::stderr().write_all(b"\n").ok()?;
            return None;
        }
        match line.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => return Some('y'),
            "n" | "no" => return Some('n'),
            "a" | "all" => return Some('a'),
            "q" | "quit" => return Some('q'),
            _ => io::stderr().write_all(question.as_bytes()).ok()?,
        }
    }
}
