//! The texts of yaml-test-suite, where `YAML_TEST_SUITE` names a checkout of it: does composefix take as YAML what Docker Compose takes?

use std::path::{Path, PathBuf};

use composefix::yaml::Document;

use crate::in_parallel;
use crate::support::DockerCompose;

/// What composefix takes otherwise, and why. None of these is a compose file.
const DISAGREEMENTS: [(&[&str], &str); 9] = [
    (
        &[
            "4FJ6-0", "6BFJ-0", "6PBE-0", "9MMW-0", "DFF7-0", "FH7J-0", "LX3P-0", "M2N8-1", "M5DY-0", "PW8X-0",
            "Q9WF-0", "RZP5-0", "SBG9-0", "V9D5-0", "X38W-0", "XW4D-0",
        ],
        "a key that is no text: Compose rejects it later, and not as bad YAML",
    ),
    (
        &[
            "3HFZ-0", "4H7K-0", "6ZKB-0", "7Z25-0", "9DXL-0", "9HCY-0", "BS4K-0", "EB22-0", "KS4U-0", "M7A3-0",
            "QLJ7-0", "RHX7-0",
        ],
        "Compose rejects the first document as no compose file before it reads the fault behind it",
    ),
    (&["G5U8-0", "YJV2-0"], "a dash alone in brackets: the parser takes it for a list"),
    (&["K54U-0"], "a tab behind `---`: the parser takes it for indentation"),
    (&["S98Z-0"], "YAML forbids blank lines that are deeper than the text below them, and go-yaml does not mind"),
    (&["P76L-0"], "a directive gives `!!` another meaning, which composefix does not follow"),
    (&["2LFX-0", "6LVF-0", "MUS6-5"], "go-yaml knows no directives but its own, and YAML has others ignored"),
    (&["2SXE-0", "8XYN-0", "W5VH-0"], "go-yaml takes letters, digits, `_` and `-` alone for names of anchors"),
    (&["58MP-0", "5T43-0", "JR7V-0", "WZ62-0"], "signs of YAML 1.2 that go-yaml does not take in brackets"),
];

enum Verdict {
    Agreed,
    OnlyOurs,
    OnlyTheirs(String),
    LostSync(String),
}

#[test]
fn the_suite_of_yaml_is_taken_as_docker_compose_takes_it() {
    let Some(suite) = std::env::var_os("YAML_TEST_SUITE").map(PathBuf::from) else { return };
    let Some(compose) = DockerCompose::reference() else { return };
    let texts = texts(&suite.join("src"));
    assert!(!texts.is_empty(), "there are no texts in {}", suite.display());
    let count = texts.len();
    let judged = in_parallel(texts, |(name, text)| (judge(&compose, &text), name));
    let mut faults = Vec::new();
    let mut agreed = 0;
    for (verdict, name) in judged {
        let reason = DISAGREEMENTS.iter().find(|(names, _)| names.contains(&name.as_str())).map(|(_, reason)| reason);
        let said = match verdict {
            Verdict::Agreed if reason.is_none() => {
                agreed += 1;
                continue;
            }
            Verdict::Agreed => "is no disagreement any more".to_owned(),
            Verdict::LostSync(said) => format!("lost sync: {said}"),
            Verdict::OnlyOurs if reason.is_none() => "only Docker Compose rejects it".to_owned(),
            Verdict::OnlyTheirs(said) if reason.is_none() => format!("only composefix rejects it: {said}"),
            Verdict::OnlyOurs | Verdict::OnlyTheirs(_) => continue,
        };
        faults.push(format!("{name}: {said}"));
    }
    faults.sort();
    println!("{count:5} texts of the suite, {agreed} taken or rejected by both");
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

fn judge(compose: &DockerCompose, text: &str) -> Verdict {
    let folder = tempfile::tempdir().expect("there is room for a file");
    std::fs::write(folder.path().join("compose.yaml"), text).expect("there is room for a file");
    // What it says of a compose file is not what it says of YAML.
    let is_of_yaml = |said: &String| said.contains("go-yaml load error") || said.contains(": yaml: ");
    let theirs = compose.resolve(folder.path(), &[]).err().filter(is_of_yaml);
    match (theirs, Document::parse(text)) {
        (_, Err(error)) if error.lost_sync => Verdict::LostSync(error.to_string()),
        (None, Ok(_)) | (Some(_), Err(_)) => Verdict::Agreed,
        (None, Err(error)) => Verdict::OnlyTheirs(error.to_string()),
        (Some(_), Ok(_)) => Verdict::OnlyOurs,
    }
}

/// The texts, by the name of the file and their number in it.
fn texts(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        let path = entry.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let file = std::fs::read_to_string(&path).expect("the suite can be read");
        let document = Document::parse(file).expect("the suite is YAML");
        let items = document.roots().first().and_then(|&root| document.items(root)).unwrap_or_default();
        for (number, item) in items.iter().enumerate() {
            let text = document.entry(item.node, "yaml").and_then(|entry| document.scalar(entry.value));
            found.extend(text.map(|text| (format!("{stem}-{number}"), plain(text))));
        }
    }
    found
}

/// A text without the marks by which the suite shows spaces.
fn plain(text: &str) -> String {
    let text = text.replace('␣', " ").replace('←', "\r").replace('⇔', "\u{feff}").replace('↵', "");
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(end) = rest.find('»') {
        out.push_str(rest[..end].trim_end_matches('—'));
        out.push('\t');
        rest = &rest[end + '»'.len_utf8()..];
    }
    out.push_str(rest);
    match out.strip_suffix("∎\n").or_else(|| out.strip_suffix('∎')) {
        Some(open) => open.to_owned(),
        None => out,
    }
}
