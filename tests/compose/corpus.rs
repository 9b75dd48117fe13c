//! Every compose file of the corpus, and every folder where Docker Compose discovers one.

use std::path::Path;

use composefix::compose::Selection;
use composefix::source::Files;

use crate::facts::Facts;
use crate::support::{self, DockerCompose, ProjectCopy};
use crate::{discover, in_parallel, load};

/// What composefix reads otherwise, and why.
const EXCEPTIONS: [(&str, &str); 0] = [];

/// What Docker Compose alone rejects a project for: a part of what it says, and why composefix does not.
const LENIENCE: [(&str, &str); 17] = [
    ("has neither an image nor a build context", "a note says so: an override is judged alone as well"),
    ("required variable", "a note says so: it may come from a shell that is not ours"),
    ("false schema", "a note says so of a key of a service; those below are not looked for"),
    ("must be a integer or string", "limits of a deployment are not read"),
    ("undefined volume", "volumes are not read"),
    ("invalid spec", "volumes are not read"),
    ("must be a array", "secrets are not read; of an empty key a note says so"),
    ("must be a mapping", "limits are not read"),
    ("failed to cast", "limits are not read"),
    ("additional properties", "unknown keys are not looked for"),
    ("does not match pattern", "names of containers are not judged"),
    ("SSHKey", "keys for a build are not read"),
    ("build.platforms", "platforms are not read"),
    ("${{", "a workflow of another program: its values are refused, and are not read"),
    ("/doesnotexist/", "a note says so: an env file outside of the copy"),
    ("no port specified", "ports are not judged"),
    ("depends on undefined service", "it has a profile that need not be active"),
];

/// What came of a file, or of a folder.
struct Judged {
    name: String,
    agreement: Agreement,
}

enum Agreement {
    /// On the facts of so many services.
    Loaded(usize),
    Rejected,
    RejectedByComposeAlone(String),
    Fault(String),
}

#[test]
fn the_corpus_means_to_composefix_what_it_means_to_docker_compose() {
    let Some(projects) = support::corpus::projects() else { return };
    let Some(compose) = DockerCompose::reference() else { return };
    let mut judged: Vec<Judged> =
        in_parallel(projects, |project| judge_project(&compose, &project)).into_iter().flatten().collect();
    judged.sort_by(|a, b| a.name.cmp(&b.name));
    let count = |is: fn(&Agreement) -> bool| judged.iter().filter(|judged| is(&judged.agreement)).count();
    let services =
        judged.iter().map(|judged| if let Agreement::Loaded(services) = judged.agreement { services } else { 0 });
    println!("{:5} files and folders", judged.len());
    println!("{:5} loaded by both, with equal facts", count(|agreement| matches!(agreement, Agreement::Loaded(_))));
    println!("{:5} services in them", services.sum::<usize>());
    println!("{:5} rejected by both", count(|agreement| matches!(agreement, Agreement::Rejected)));
    println!(
        "{:5} rejected by Docker Compose alone:",
        count(|agreement| matches!(agreement, Agreement::RejectedByComposeAlone(_)))
    );
    for (said, reason) in LENIENCE {
        let is_it = |judged: &&Judged| matches!(&judged.agreement, Agreement::RejectedByComposeAlone(all) if all.contains(said));
        println!("  {:5} {said}: {reason}", judged.iter().filter(is_it).count());
    }
    let mut faults = Vec::new();
    for Judged { name, agreement } in judged {
        let exception = EXCEPTIONS.iter().find(|(excepted, _)| *excepted == name);
        match (agreement, exception) {
            (Agreement::Fault(_), Some((_, reason))) => println!("  {name} is excepted: {reason}"),
            (Agreement::Fault(fault), None) => faults.push(format!("{name}: {fault}")),
            (_, Some(_)) => faults.push(format!("{name} is no exception any more")),
            (Agreement::RejectedByComposeAlone(all), None) if !LENIENCE.iter().any(|(said, _)| all.contains(said)) => {
                faults.push(format!("{name}: only Docker Compose rejects it: {all}"));
            }
            _ => {}
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

fn judge_project(compose: &DockerCompose, project: &Path) -> Vec<Judged> {
    let copy = ProjectCopy::of(project).expect("a project can be copied");
    let project_name = project.file_name().unwrap_or_default().to_string_lossy();
    let mut judged = Vec::new();
    for file in support::corpus::yaml_files(project) {
        let path = copy.path(&file);
        let text = std::fs::read(&path).expect("it was copied");
        if !["services", "include"].iter().any(|word| text.windows(word.len()).any(|part| part == word.as_bytes())) {
            continue;
        }
        let folder = path.parent().expect("a file stands in a folder");
        let file_name = path.file_name().and_then(|name| name.to_str()).expect("the corpus has plain names");
        // What is discovered alone is judged once: without its name.
        let discovered =
            discover(&mut Files::default(), folder, false).ok().filter(|found| found.files.contains(&path));
        if discovered.as_ref() != Some(&Selection::file(&path)) {
            let agreement = judge(compose, &copy, folder, Some(file_name));
            judged.push(Judged { name: format!("{project_name}/{file}"), agreement });
        }
        if discovered.is_some_and(|found| found.files.first() == Some(&path)) {
            let folder_name = file.strip_suffix(file_name).unwrap_or_default();
            let agreement = judge(compose, &copy, folder, None);
            judged.push(Judged { name: format!("{project_name}/{folder_name}"), agreement });
        }
    }
    judged
}

/// Judges a file of a folder, or what is discovered there.
fn judge(compose: &DockerCompose, copy: &ProjectCopy, folder: &Path, file: Option<&str>) -> Agreement {
    let arguments = file.map(|file| ["-f", file]);
    let theirs = compose.config_in(copy, folder, arguments.as_ref().map_or(&[], |arguments| &arguments[..]));
    let ours = load(|files| match file {
        Some(file) => Ok(Selection::file(folder.join(file))),
        None => discover(files, folder, false),
    });
    match (theirs, ours) {
        (Ok(theirs), Ok(ours)) => match Facts::of_project(&ours).differences(&Facts::of_compose(&theirs)).as_slice() {
            [] => Agreement::Loaded(ours.services.len()),
            differences => Agreement::Fault(differences.join("\n    ")),
        },
        (Ok(_), Err(error)) => Agreement::Fault(format!("only composefix rejects it: {error}")),
        (Err(said), Ok(_)) => Agreement::RejectedByComposeAlone(said),
        (Err(_), Err(_)) => Agreement::Rejected,
    }
}
