//! What each repair writes, byte for byte, in every form that a section can have.
//!
//! An example is a diff: the lines with ` ` and `-` are the file before, those with ` ` and `+` the file after. Each is tried as it is and
//! as its twins: CRLF, a byte order mark, no final newline, twice the indentation.

mod anchors;
mod depends_on;
mod environment;
mod flow;
mod healthcheck;
mod kept;
mod laws;
#[path = "../mutation/mod.rs"]
mod mutated;
mod mutation;
mod nodes;
mod shared;
mod values;

use std::path::PathBuf;

use composefix::compose::{Change, Condition, Model, Project, Selection};
use composefix::repair::{self, Refusal, Repair};
use composefix::source::{Files, Memory};
use composefix::text::{EditSet, TextEdit};
use composefix::yaml::{Document, NodeKind, ScalarStyle, comments_kept};

type Outcome = Result<Repair, Refusal>;

/// Gives `app` the variable; no other service may get it.
pub(crate) fn variable(project: &Project) -> Outcome {
    repair::set_variable(project, app(project), "KAFKA_BROKERS", "kafka:9092", |_| false)
}

/// Makes `app` wait for a healthy `kafka`; no other service may.
pub(crate) fn dependency(project: &Project) -> Outcome {
    repair::require(project, app(project), &[("kafka".to_owned(), Condition::Healthy)], |_| false)
}

pub(crate) fn app(project: &Project) -> &composefix::compose::Service {
    project.service("app").expect("an example has a service `app`")
}

/// Checks an example, and its twins where the same edit can be expected there.
pub(crate) fn check(repair: impl Fn(&Project) -> Outcome, diff: &str) {
    let (before, after) = sides(diff);
    check_texts(&repair, &before, &after);
    for twin in TWINS {
        if let (Some(before), Some(after)) = (twin(&before), twin(&after)) {
            check_texts(&repair, &before, &after);
        }
    }
}

pub(crate) fn check_all(repair: impl Fn(&Project) -> Outcome, diffs: &[&str]) {
    diffs.iter().for_each(|diff| check(&repair, diff));
}

/// Checks that the text becomes the other, that the proof succeeds, and that the same repair changes nothing more.
pub(crate) fn check_texts(repair: impl Fn(&Project) -> Outcome, before: &str, after: &str) {
    let project = load(before);
    let repaired = repair(&project).unwrap_or_else(|refusal| panic!("{refusal}\n{before}"));
    let mut edits = EditSet::default();
    edits.add_all(&all_edits(&repaired)).expect("the edits of a repair do not conflict");
    assert_eq!(edits.apply(before), after);
    let again = load(after);
    let mut wanted = Model::of(&project.sources[0].document);
    let changes = all_changes(&repaired);
    changes.iter().for_each(|change| wanted.apply(change));
    assert_eq!(wanted.differences(&Model::of(&again.sources[0].document), &changes), [], "{after}");
    let (old, new) = (&project.sources[0].document, &again.sources[0].document);
    let lost = comments_kept(old, new, |node| changes.iter().any(|change| change.removes(node)));
    assert_eq!(lost.map_err(|comment| old.slice(comment)), Ok(()), "{after}");
    assert_eq!(repair(&again), Ok(Repair::default()), "a second time\n{after}");
}

/// The edits of a repair of the one file there is.
pub(crate) fn all_edits(repair: &Repair) -> Vec<TextEdit> {
    repair.edits.values().flatten().cloned().collect()
}

/// What it declares to change in that file.
pub(crate) fn all_changes(repair: &Repair) -> Vec<Change> {
    repair.changes.iter().map(|(_, change)| change.clone()).collect()
}

/// Checks that a repair is refused, with its reason.
pub(crate) fn check_refused(repair: impl Fn(&Project) -> Outcome, text: &str, reason: &str) {
    assert_eq!(repair(&load(&sides(text).0)), Err(Refusal(reason.to_owned())));
}

pub(crate) fn load(text: &str) -> Project {
    // The services that the texts depend on and leave out.
    let others = "services: {cache: {}, db: {}, kafka: {}, web: {}}";
    let paths = ["compose.yml", "others.yml"].map(PathBuf::from);
    let files = Memory(paths.iter().cloned().zip([text, others].map(|text| text.as_bytes().to_vec())).collect());
    let selection = Selection::files(paths.to_vec());
    Project::read(&mut Files::new(files), selection).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The texts before and after of a diff whose first line is empty.
pub(crate) fn sides(diff: &str) -> (String, String) {
    let side = |other: char| -> String {
        let lines = diff.trim_start_matches('\n').split_inclusive('\n').filter(|line| !line.starts_with(other));
        lines.map(|line| line.get(1..).filter(|_| line != "\n").unwrap_or(line)).collect()
    };
    (side('+'), side('-'))
}

const TWINS: [fn(&str) -> Option<String>; 5] = [
    crlf,
    |text| Some(format!("\u{feff}{text}")),
    without_final_newline,
    |text| crlf(&without_final_newline(text)?),
    with_twice_the_indentation,
];

fn crlf(text: &str) -> Option<String> {
    Some(text.replace('\n', "\r\n"))
}

/// None for a file that ends with a block scalar: a line below would change it, so the edit goes elsewhere.
fn without_final_newline(text: &str) -> Option<String> {
    let text = text.strip_suffix('\n')?;
    let document = Document::parse(text).ok()?;
    let ends_the_text = |style: ScalarStyle| matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
    let open = document.nodes().any(|(_, node)| {
        matches!(node.kind, NodeKind::Scalar { style, .. } if ends_the_text(style)) && node.span.end == text.len()
    });
    (!open && !text.ends_with('\n')).then(|| text.to_owned())
}

/// None for a file that has something on the line of a dash or a question mark to are below.
fn with_twice_the_indentation(text: &str) -> Option<String> {
    let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let doubled: String = text.split_inclusive('\n').map(|line| format!("{}{line}", &line[..blanks(line)])).collect();
    let fits = !text.lines().any(|line| line.trim_start().starts_with("? ") || !blanks(line).is_multiple_of(2));
    (fits && Document::parse(doubled.as_str()).is_ok()).then_some(doubled)
}
