//! The laws of every fix of a compose file, judged by Docker Compose and Git.

use std::collections::BTreeSet;
use std::fs;

use composefix::Options;
use composefix::compose::{Change, HealthcheckSetting, Project, interpolate};
use composefix::fixer::{Changed, Outcome};
use composefix::source::Files;
use composefix::text::{Span, unified_diff};
use composefix::yaml::{CollectionStyle, Document, NodeId, NodeKind};
use serde_json::{Value, json};
use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::{DockerCompose, ProjectCopy, run};

/// The laws that a fixed file breaks, each as a sentence; `before` is what Compose made of it. The copy holds the files as they were, and
/// holds them so again afterwards.
pub fn broken_laws(
    compose: &DockerCompose,
    copy: &ProjectCopy,
    file: &str,
    before: &Value,
    project: &Project,
    outcome: &Outcome,
) -> Vec<String> {
    let mut broken = Vec::new();
    let changes: Vec<Change> = outcome.changes().cloned().collect();
    let path = copy.path(file);
    for Changed { path: changed, before: old, after: new } in &outcome.changed {
        let Some(source) = project.sources.iter().find(|source| source.path == *changed) else {
            return vec![format!("{} changes, which is no file of the project", changed.display())];
        };
        let inner = changed.strip_prefix(copy.path("")).unwrap_or(changed).to_string_lossy().into_owned();
        broken.extend(git_applies(copy, &inner, old, new).err());
        broken.extend(only_named_lines_change(&source.document, new, &changes));
        fs::write(changed, new.as_bytes()).expect("the copy is ours");
    }
    match compose.config(copy, file) {
        Ok(after) => broken.extend(differences(&wanted(before, project, &changes), &after)),
        Err(error) => broken.push(format!("Compose rejects the repaired file: {error}")),
    }
    match composefix::fix(&mut Files::default(), &path, &Options::default()) {
        Ok(again) if again.changed.is_empty() => {}
        Ok(again) => broken.push(format!("a second run does more: {:?}", again.applied)),
        Err(error) => broken.push(format!("a second run fails: {error}")),
    }
    for Changed { path: changed, before: old, .. } in &outcome.changed {
        fs::write(changed, old.as_bytes()).expect("the copy is ours");
    }
    broken
}

/// `git apply` takes the diff, and makes the new text of the old one.
fn git_applies(copy: &ProjectCopy, file: &str, old: &str, new: &str) -> Result<(), String> {
    let folder = copy.path("");
    let patch = folder.with_file_name("repair.patch");
    fs::write(&patch, unified_diff(file, old, new)).expect("the copy is ours");
    let patch = patch.to_str().expect("a temporary folder has a plain name");
    let git = run("git", &["apply", patch], &folder).map_err(|error| error.to_string())?;
    if !git.status.success() {
        return Err(format!("git apply: {}", String::from_utf8_lossy(&git.stderr)));
    }
    let applied = fs::read(copy.path(file)).map_err(|error| error.to_string())?;
    if applied == new.as_bytes() { Ok(()) } else { Err("git apply makes another text".to_owned()) }
}

/// Compose's model with the declared changes.
fn wanted(before: &Value, project: &Project, changes: &[Change]) -> Value {
    let mut model = before.clone();
    for change in changes {
        match change.meaning() {
            Change::Variable { service, name, value } => {
                let value =
                    interpolate(value, &|name| project.dot_env.value(name)).expect("a repair can be interpolated");
                // Compose doubles the dollar signs of what it prints, so that it can be read again.
                entry(&mut model, &["services", service, "environment"])[name] = json!(value.text.replace('$', "$$"));
            }
            Change::Dependency { service, on, condition, settings } => {
                let is_written = project.service(service).is_some_and(|service| service.depends_on.on(on).is_some());
                let dependency = entry(&mut model, &["services", service, "depends_on", on]);
                // One that only `links` and their like imply gives way, with the settings it has.
                if !is_written {
                    *dependency = json!({ "required": true });
                }
                dependency["condition"] = json!(condition.as_str());
                settings.written().for_each(|(key, value)| dependency[key] = json!(value));
            }
            Change::Healthcheck { service, settings } => {
                let healthcheck = entry(&mut model, &["services", service, "healthcheck"]);
                for (key, setting) in settings {
                    healthcheck[key] = match setting {
                        HealthcheckSetting::Text(text) => json!(text),
                        HealthcheckSetting::Number(number) => json!(number),
                        HealthcheckSetting::List(items) => json!(items),
                    };
                }
            }
            Change::Command { service, part, texts } => {
                let command = project.service(service).and_then(|service| part.of(service)).expect("it is there");
                let words = command.words_with(texts, &|name| project.dot_env.value(name)).expect("it can be read");
                let words: Vec<String> = words.iter().map(|word| word.replace('$', "$$")).collect();
                entry(&mut model, &["services", service])[part.as_str()] = json!(words);
            }
            Change::Network { service, network } => {
                entry(&mut model, &["services", service, "networks"])[network] = Value::Null;
            }
            Change::LeftMode { service, network } => {
                let service = entry(&mut model, &["services", service]);
                service.as_object_mut().expect("it is a map").remove("network_mode");
                service["networks"] = json!({ network: null });
            }
            Change::Removed { service, name } => {
                let environment = entry(&mut model, &["services", service, "environment"]);
                environment.as_object_mut().expect("it is a map").remove(name);
            }
            Change::Renamed { service, from, name, value } => {
                let environment = entry(&mut model, &["services", service, "environment"]);
                let from = interpolate(from, &|name| project.dot_env.value(name)).expect("a name can be interpolated");
                environment.as_object_mut().expect("it is a map").remove(&from.text);
                let value = value.as_ref().map(|value| interpolate(value, &|name| project.dot_env.value(name)));
                let value = value.map(|value| value.expect("a repair can be interpolated").text.replace('$', "$$"));
                environment[name] = json!(value);
            }
            Change::Port { service, from, to } => {
                let sides = |text: &str| {
                    let text = interpolate(text, &|name| project.dot_env.value(name)).expect("it can be interpolated");
                    let text = text.text.split('/').next().unwrap_or_default().to_owned();
                    let (before, target) = text.rsplit_once(':').expect("it has both ports");
                    (before.rsplit(':').next().unwrap_or_default().to_owned(), target.parse::<u16>().expect("a port"))
                };
                let ((published, target), (_, new)) = (sides(from), sides(to));
                let ports = entry(&mut model, &["services", service])["ports"].as_array_mut().expect("it is a list");
                let is_it = |own: &&mut Value| own["published"] == json!(published) && own["target"] == json!(target);
                ports.iter_mut().find(is_it).expect("it is there")["target"] = json!(new);
            }
            Change::Image { service, image } => {
                let image =
                    interpolate(image, &|name| project.dot_env.value(name)).expect("a repair can be interpolated");
                entry(&mut model, &["services", service])["image"] = json!(image.text);
            }
            // It means nothing to Compose.
            Change::Inherited(_) | Change::Extension(_) => {}
        }
    }
    model
}

/// A map in a model, made if it is not there.
fn entry<'v>(model: &'v mut Value, path: &[&str]) -> &'v mut Value {
    path.iter().fold(model, |value, key| {
        let child = &mut value[*key];
        if child.is_null() {
            *child = json!({});
        }
        child
    })
}

/// Where two models differ, as sentences. An extension (`x-…`) may hold the anchor of what changes.
fn differences(wanted: &Value, found: &Value) -> Vec<String> {
    let mut places = vec![(String::new(), wanted, found)];
    let mut differences = Vec::new();
    while let Some((place, wanted, found)) = places.pop() {
        if wanted == found || place.starts_with("/x-") {
            continue;
        }
        let (Some(a), Some(b)) = (wanted.as_object(), found.as_object()) else {
            differences.push(format!("{place} is {found} where it must be {wanted}"));
            continue;
        };
        let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
        places.extend(keys.into_iter().map(|key| (format!("{place}/{key}"), &wanted[key], &found[key])));
    }
    differences
}

/// The lines that go, and the space ones that come, without a declared change that needs it; and comments that are not as they were.
pub fn only_named_lines_change(document: &Document, new: &str, changes: &[Change]) -> Vec<String> {
    let old = document.text();
    let (old_lines, new_lines): (Vec<&str>, Vec<&str>) = (old.split('\n').collect(), new.split('\n').collect());
    let spans = changes.iter().flat_map(|change| spans_to_rewrite(document, change));
    let line_of = |offset: usize| old[..offset].matches('\n').count();
    let rewritten: BTreeSet<usize> = spans.flat_map(|span| line_of(span.start)..=line_of(span.end)).collect();
    let mut broken = Vec::new();
    for operation in capture_diff_slices(Algorithm::Myers, &old_lines, &new_lines) {
        let (tag, removed, added) = operation.as_tag_tuple();
        if tag == DiffTag::Equal {
            continue;
        }
        let unnamed = removed.filter(|line| !rewritten.contains(line));
        broken.extend(unnamed.map(|line| format!("line {} changes: {:?}", line + 1, old_lines[line])));
        let blank = added.filter(|&line| new_lines[line].trim().is_empty());
        broken.extend(blank.map(|line| format!("a blank line comes, line {}", line + 1)));
    }
    let reparsed = Document::parse(new).expect("the fixer has read it");
    // What goes takes the comments at the end of its lines along.
    let goes_with_its_line = |comment: &Span| rewritten.contains(&line_of(comment.start));
    let may_lose = changes.iter().any(|change| matches!(change, Change::Removed { .. }));
    let stay = |comment: &&Span| !(may_lose && goes_with_its_line(comment));
    let old_comments: Vec<&str> = document.comments().iter().filter(stay).map(|&own| document.slice(own)).collect();
    if old_comments != comments(&reparsed) {
        broken.push("a comment changes".to_owned());
    }
    if old.ends_with('\n') != new.ends_with('\n') {
        broken.push("the final newline changes".to_owned());
    }
    broken
}

fn comments(document: &Document) -> Vec<&str> {
    document.comments().iter().map(|&comment| document.slice(comment)).collect()
}

/// The lines that a change must rewrite, because its place is taken or has an unsuitable form.
fn spans_to_rewrite(document: &Document, change: &Change) -> Vec<Span> {
    let path = match change {
        Change::Variable { service, name, .. } | Change::Removed { service, name } => {
            vec!["services", service, "environment", name]
        }
        Change::Dependency { service, on, .. } => vec!["services", service, "depends_on", on, "condition"],
        Change::Healthcheck { service, .. } => vec!["services", service, "healthcheck"],
        Change::Command { service, part, .. } => vec!["services", service, part.as_str()],
        Change::Renamed { service, .. } => vec!["services", service, "environment"],
        Change::Image { service, .. } => vec!["services", service, "image"],
        Change::Port { service, from, .. } => vec!["services", service, "ports", from],
        Change::Network { service, .. } => vec!["services", service, "networks"],
        Change::LeftMode { service, .. } => vec!["services", service, "network_mode"],
        Change::Extension(_) | Change::Inherited(_) => return Vec::new(),
    };
    let mut spans = Vec::new();
    let mut node = document.roots()[0];
    for key in path {
        // A value on one line, or an alias, is rewritten as a whole.
        let of = document.node(node);
        let is_flow = |style: &CollectionStyle| *style == CollectionStyle::Flow;
        if matches!(&of.kind, NodeKind::Alias { .. })
            || matches!(&of.kind, NodeKind::Mapping { style, .. } | NodeKind::Sequence { style, .. } if is_flow(style))
        {
            spans.push(of.span);
        }
        if let Some(items) = document.items(node) {
            // Of an environment the variable's own item; of dependencies every item, since the list becomes a map.
            let is_own = |item: NodeId| document.scalar(item).and_then(|text| text.split('=').next()) == Some(key);
            let is_dependency = matches!(change, Change::Dependency { .. });
            // A port in the long form is a map.
            let is_port = |item: NodeId| matches!(change, Change::Port { .. }) && document.entries(item).is_some();
            let items = items.iter().map(|item| item.node);
            let items = items.filter(|&item| is_dependency || is_own(item) || is_port(item));
            spans.extend(items.map(|item| document.node(item).span));
            return spans;
        }
        let Some(entry) = document.entry(node, key) else { return spans };
        if !entry.merged_through.is_empty() {
            // It may be given an anchor.
            spans.push(document.node(entry.key_node).span);
        }
        node = entry.value;
    }
    spans.push(document.node(node).span);
    spans
}
