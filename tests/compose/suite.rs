//! The texts of yaml-test-suite, where `YAML_TEST_SUITE` names a checkout of it: does composefix take as YAML what Docker Compose takes?

use std::path::{Path, PathBuf};

use composefix::yaml::Document;

use crate::in_parallel;
use crate::support::DockerCompose;

/// What composefix takes otherwise, and why. Each is a text that no compose file holds.
const DISAGREEMENTS: [(&str, &str); 0] = [];

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
        let reason = DISAGREEMENTS.iter().find(|(own, _)| *own == name).map(|(_, reason)| reason);
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
    let theirs =
        compose.resolve(folder.path(), &[]).err().filter(|said| said.contains("go-yaml") || said.contains("yaml: "));
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

/// A text without the marks by which the suite shows blanks.
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
