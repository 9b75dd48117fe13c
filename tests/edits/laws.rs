//! Laws for every repair at every site.

use composefix::compose::{Model, Project};
use composefix::repair::Repair;
use composefix::text::{EditSet, Newline, TextEdit};

use crate::{Outcome, all_changes, all_edits, dependency, load, variable};

const ENVIRONMENTS: &[&str] = &[
    "",
    "    environment:\n",
    "    environment: # none\n",
    "    environment: {}\n",
    "    environment: []\n",
    "    environment:\n      A: 1\n      # B: 2\n",
    "    environment:\n      A: '1'  # one\n             # and only\n",
    "    environment:\n      <<: *env\n      B: 2\n",
    "    environment:\n    - A=1\n\n    - B=2\n",
    "    environment:\n      - \"A=1\"\n",
    "    environment: {A: 1}\n",
    "    environment: [A=1, B=2]\n",
    "    environment: {\n      A: 1, # one\n      B: 2\n    }\n",
    "    environment: *env\n",
    "    environment:\n      KAFKA_BROKERS:\n",
    "    environment:\n      KAFKA_BROKERS: \"localhost:9092\"\n      B: é\n",
    "    environment:\n      A: |\n        1\n\n",
];

const DEPENDENCIES: &[&str] = &[
    "",
    "    depends_on: []\n",
    "    depends_on: [db]\n",
    "    depends_on:\n    - db # the truth\n",
    "    depends_on:\n      - db\n      # and\n      - kafka\n",
    "    depends_on:\n      db:\n        condition: service_started\n",
    "    depends_on:\n      kafka:\n        condition: service_started # for now\n",
    "    depends_on: *needs\n",
    "    depends_on:\n      <<: *needs\n",
];

const BASES: &[&str] = &["", "    <<: *base\n", "    image: app\n", "    image: app\n    command: >-\n      run\n\n"];

const TAILS: &[&str] = &["", "    ports: []\n", "\n  # the broker\n  kafka:\n    image: kafka\n", "# the end\n"];

const HEAD: &str = "x-env: &env
  E: 1
x-needs: &needs
  db:
    condition: service_healthy
x-base: &base
  init: true
  environment: {F: 1}
services:
  db: {image: db}
  app:
";

/// Every pair of sections, among other keys and before other ends of the file, with LF and CRLF, with and without a final newline.
pub(crate) fn files() -> Vec<String> {
    let pairs =
        ENVIRONMENTS.iter().flat_map(|environment| DEPENDENCIES.iter().map(move |on| format!("{environment}{on}")));
    let mut files = Vec::new();
    for (number, sections) in pairs.enumerate() {
        for (shift, base) in BASES.iter().enumerate() {
            let tail = TAILS[(number + shift) % TAILS.len()];
            if base.is_empty() && sections.is_empty() {
                continue;
            }
            let text = format!("{HEAD}{base}{sections}{tail}");
            files.extend([text.replace('\n', "\r\n"), text.trim_end().to_owned(), text]);
        }
    }
    files
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// The 0-based lines of `text` that no edit touches.
fn untouched<'t>(text: &'t str, edits: &[TextEdit]) -> Vec<&'t str> {
    let mut start = 0;
    let mut kept = Vec::new();
    for line in lines(text) {
        let end = start + line.len();
        let content = start + line.trim_end_matches(['\r', '\n']).len();
        // An insertion that begins with a line break adds lines below.
        let is_touched = |edit: &TextEdit| {
            let inserts = edit.span.is_empty() && !edit.replacement.starts_with(['\r', '\n']);
            edit.span.start < end && edit.span.end > start || inserts && (start..=content).contains(&edit.span.start)
        };
        if !edits.iter().any(is_touched) {
            kept.push(line.trim_end_matches(['\r', '\n']));
        }
        start = end;
    }
    kept
}

fn is_subsequence(part: &[&str], whole: &[&str]) -> bool {
    let mut rest = whole.iter();
    part.iter().all(|line| rest.any(|other| other.trim_end_matches(['\r', '\n']) == *line))
}

fn comments(project: &Project) -> Vec<&str> {
    let document = &project.sources[0].document;
    document.comments().iter().map(|&span| document.slice(span)).collect()
}

#[test]
fn a_repair_touches_its_own_lines_only_and_is_done_once() {
    let repairs: [fn(&Project) -> Outcome; 2] = [variable, dependency];
    let (mut repaired, mut refused) = (0, 0);
    for text in files() {
        let mut text = text;
        for repair in repairs {
            let before = load(&text);
            let Ok(made) = repair(&before) else {
                refused += 1;
                continue;
            };
            let mut edits = EditSet::default();
            edits.add_all(&all_edits(&made)).expect("the edits of a repair do not conflict");
            let after = edits.apply(&text);
            let project = load(&after);
            let mut wanted = Model::of(&before.sources[0].document);
            let changes = all_changes(&made);
            changes.iter().for_each(|change| wanted.apply(change));
            assert_eq!(
                wanted.differences(&Model::of(&project.sources[0].document), &changes),
                [],
                "{text}\nbecame\n{after}"
            );
            assert!(is_subsequence(&untouched(&text, edits.as_slice()), &lines(&after)), "{text}\nbecame\n{after}");
            assert_eq!(comments(&before), comments(&project), "{text}\nbecame\n{after}");
            assert_eq!(text.ends_with('\n'), after.ends_with('\n'), "{text}\nbecame\n{after}");
            if Newline::of(&text) == Newline::CrLf {
                assert_eq!(after.matches('\n').count(), after.matches("\r\n").count(), "{after:?}");
            } else {
                assert!(!after.contains('\r'), "{after:?}");
            }
            assert_eq!(repair(&project), Ok(Repair::default()), "{after}");
            repaired += 1;
            text = after;
        }
    }
    assert!(repaired > 3_000, "{repaired} repairs");
    assert_eq!(refused, 0);
}
