//! Whether a text after the edit is right, and nothing else was touched.

use composefix::compose::{Condition, EnvironmentForm, Project, Section, Service};
use composefix::text::Newline;
use composefix::yaml::{CollectionStyle, Document, NodeId, NodeKind};
use serde_json::{Map, Value, json};
use similar::{Algorithm, ChangeTag, TextDiff};

use crate::choose::{Case, Site};
use crate::compose;
use crate::edit::{self, Failure, VARIABLE};

pub(crate) enum Verdict {
    /// The model is right and no line was touched without need. `anchor`: a section that a merge key brings got an anchor.
    Right {
        anchor: bool,
    },
    Refused(String),
    Wrong(String),
}

pub(crate) fn judge(case: &Case, site: &Site, before: &Value) -> Verdict {
    let dependency_first = site.service.len().is_multiple_of(2);
    let after = match edit::both(&case.path, &case.text, &site.service, &site.broker, dependency_first) {
        Ok(after) => after,
        Err(Failure::Refused(reason)) => return Verdict::Refused(reason),
        Err(Failure::Wrong(reason)) => return Verdict::Wrong(reason),
    };
    match is_right(case, site, before, &after).and_then(|()| touches_nothing_else(case, site, before, &after)) {
        Ok(anchor) => Verdict::Right { anchor },
        Err(reason) => Verdict::Wrong(reason),
    }
}

/// Compose's model of the result is that of the original with the change.
fn is_right(case: &Case, site: &Site, before: &Value, after: &str) -> Result<(), String> {
    let mut wanted = before.clone();
    let service = &mut wanted["services"][&site.service];
    let mut environment = as_environment(&service["environment"]);
    environment.insert(VARIABLE.to_owned(), json!(edit::value(&site.broker)));
    service["environment"] = environment.into();
    let mut depends_on = as_depends_on(&service["depends_on"]);
    depends_on.insert(site.broker.clone(), dependency(before, site));
    service["depends_on"] = depends_on.into();

    let mut found = compose::config(&case.path, after)?;
    let service = &mut found["services"][&site.service];
    service["depends_on"] = as_depends_on(&service["depends_on"]).into();
    in_one_form(&mut wanted, &mut found);
    if wanted == found { Ok(()) } else { Err("Compose reads another model than was wanted".to_owned()) }
}

/// Gives every `environment` the form of a map, and the `x-` fields that held a list and hold a map now: services share one by an anchor.
fn in_one_form(wanted: &mut Value, found: &mut Value) {
    for (field, value) in wanted.as_object_mut().into_iter().flatten() {
        if field.starts_with("x-") && value.is_array() && found[field].is_object() {
            *value = as_environment(value).into();
            found[field] = as_environment(&found[field]).into();
        }
    }
    for model in [wanted, found] {
        let services = model["services"].as_object_mut().into_iter().flatten();
        for environment in services.filter_map(|(_, service)| service.get_mut("environment")) {
            *environment = as_environment(environment).into();
        }
    }
}

/// The dependency on the broker that is wanted: as Compose's model has it, implied by a link or not, except for its condition. A new one is
/// optional if the broker runs only with a profile that the service does not share.
fn dependency(before: &Value, site: &Site) -> Value {
    let (service, broker) = (&before["services"][&site.service], &before["services"][&site.broker]);
    let profiles = |service: &Value| service["profiles"].as_array().cloned().unwrap_or_default();
    let (own, of_broker) = (profiles(service), profiles(broker));
    let runs_with_it = !own.is_empty() && own.iter().all(|profile| of_broker.contains(profile));
    let new = || json!({"required": of_broker.is_empty() || runs_with_it});
    let mut dependency = as_depends_on(&service["depends_on"]).remove(&site.broker).unwrap_or_else(new);
    dependency["condition"] = json!("service_healthy");
    dependency
}

/// How many lines a new dependency takes below its name and its condition in block style.
fn further_settings(dependency: &Value) -> isize {
    isize::from(dependency["restart"] == json!(true)) + isize::from(dependency["required"] == json!(false))
}

fn as_environment(environment: &Value) -> Map<String, Value> {
    let pair = |item: &Value| match item.as_str().unwrap_or_default().split_once('=') {
        Some((name, value)) => (name.to_owned(), json!(value)),
        None => (item.as_str().unwrap_or_default().to_owned(), Value::Null),
    };
    let text = |value: &Value| match value {
        Value::Null | Value::String(_) => value.clone(),
        other => json!(other.to_string()),
    };
    match environment {
        Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
        Value::Array(items) => items.iter().map(pair).collect(),
        _ => Map::new(),
    }
}

fn as_depends_on(depends_on: &Value) -> Map<String, Value> {
    let started = || json!({"condition": "service_started", "required": true});
    match depends_on {
        Value::Object(map) => map.clone(),
        Value::Array(items) => {
            items.iter().map(|item| (item.as_str().unwrap_or_default().to_owned(), started())).collect()
        }
        _ => Map::new(),
    }
}

/// Whether an anchor was added; an error if a line was removed or changed that need not be, a line too many was added, or a comment, the
/// indentation step, the line ends or the end of the file are not as they were.
fn touches_nothing_else(case: &Case, site: &Site, before: &Value, after: &str) -> Result<bool, String> {
    let project = edit::load(&case.path, &case.text)?;
    let further = further_settings(&dependency(before, site));
    let need = Need::of(&project, site, further).ok_or("the service is gone")?;
    let (old, new): (Vec<&str>, Vec<&str>) = (lines(&case.text), lines(after));
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).diff_slices(&old, &new);
    let (mut growth, mut anchored) = (0isize, 0);
    for change in diff.iter_all_changes() {
        match change.tag() {
            ChangeTag::Equal => {}
            ChangeTag::Insert => growth += 1,
            ChangeTag::Delete => {
                growth -= 1;
                let line = change.old_index().unwrap_or_default() + 1;
                if need.anchored.contains(&line) {
                    anchored += 1;
                } else if !need.replaceable.contains(&line) {
                    return Err(format!("line {line} was touched: {}", change.value()));
                }
            }
        }
    }
    if growth != need.growth {
        return Err(format!("{growth} lines more, not {}", need.growth));
    }
    let result = edit::load(&case.path, after)?;
    let comments = |document: &Document| {
        document.comments().iter().map(|span| document.slice(*span).to_owned()).collect::<Vec<_>>()
    };
    if comments(&project.sources[0].document) != comments(&result.sources[0].document) {
        return Err("the comments are not as they were".to_owned());
    }
    if let Some((step, usual)) = steps(&project, &result, site).filter(|(step, usual)| !usual.contains(step)) {
        return Err(format!("`condition` stands {step} deeper, not {usual:?}"));
    }
    if case.text.ends_with('\n') != after.ends_with('\n') {
        return Err("the final newline is not as it was".to_owned());
    }
    if line_ends(&case.text).len() == 1 && line_ends(&case.text) != line_ends(after) {
        return Err("the line ends are not as they were".to_owned());
    }
    Ok(anchored > 0)
}

/// How much deeper than its dependency a `condition` stands, in spaces, and how much deeper than its key a map of the service stood before,
/// the service itself among them; `None` in flow style.
fn steps(before: &Project, after: &Project, site: &Site) -> Option<(usize, Vec<usize>)> {
    let (was, is) = (before.service(&site.service)?, after.service(&site.service)?);
    let maps = before.sources[0]
        .document
        .written_entries(was.definitions[0].node)
        .iter()
        .map(|entry| (entry.key, entry.value));
    let usual = maps
        .chain([(was.key, was.definitions[0].node)])
        .filter_map(|(key, map)| step(&before.sources[0].document, key, map))
        .collect();
    let dependency = is.depends_on.on(&site.broker)?;
    let settings = after.sources[0].document.node(dependency.condition_node?).parent?;
    Some((step(&after.sources[0].document, dependency.node, settings)?, usual))
}

fn step(document: &Document, key: NodeId, map: NodeId) -> Option<usize> {
    let place = |node| document.lines().line_column(document.text(), document.node(node).span.start);
    let (outer, inner) = (place(key), place(map));
    let is_below = inner.line > outer.line && matches!(document.node(map).kind, NodeKind::Mapping { .. });
    is_below.then(|| inner.column.checked_sub(outer.column))?
}

fn lines(text: &str) -> Vec<&str> {
    text.split('\n').map(|line| line.trim_end_matches('\r')).collect()
}

fn line_ends(text: &str) -> Vec<Newline> {
    let mut kinds: Vec<Newline> =
        text.split_inclusive('\n').filter(|line| line.ends_with('\n')).map(Newline::of).collect();
    kinds.dedup();
    kinds
}

/// What the edit may touch: lines by their number from 1, and by how many lines the file must grow.
struct Need {
    replaceable: Vec<usize>,
    anchored: Vec<usize>,
    growth: isize,
}

impl Need {
    /// `further`: the lines that a new dependency takes below its name and its condition.
    fn of(project: &Project, site: &Site, further: isize) -> Option<Self> {
        let document = &project.sources[0].document;
        let service = project.service(&site.service)?;
        let mut need = Self { replaceable: Vec::new(), anchored: Vec::new(), growth: 0 };
        let in_flow = is_flow(document, service.definitions[0].node);
        if in_flow || document.is_alias(service.definitions[0].node) {
            need.may_replace(document, service.definitions[0].node);
            need.growth += isize::from(!in_flow);
        }
        need.environment(document, service, in_flow);
        let growth = need.growth;
        need.depends_on(document, service, &site.broker, in_flow);
        let is_new = service.depends_on.on(&site.broker).is_none();
        // In flow style, a dependency takes at most one line.
        if is_new && need.growth - growth > 1 {
            need.growth += further;
        }
        Some(need)
    }

    fn environment(&mut self, document: &Document, service: &Service, in_flow: bool) {
        let items = count(service.definitions[0].environment.variables.len());
        let list = service.definitions[0].environment.form == EnvironmentForm::List;
        let section = service.definitions[0].environment.section.as_ref();
        // A long list becomes a map, in its lines, and is merged; a short one is copied.
        let is_shared = section.is_some_and(|section| !section.is_own() || document.is_alias(section.value));
        let becomes_map = list && is_shared && items > 4;
        if let Some(section) = section.filter(|_| becomes_map) {
            self.may_replace(document, document.follow(section.value));
        }
        let copied = if list && !becomes_map { items } else { 1 };
        self.growth += match How::of(document, section) {
            How::Absent => {
                if in_flow {
                    0
                } else {
                    2
                }
            }
            How::Merged(section) => {
                self.may_anchor(document, section.value);
                copied + 2
            }
            How::Alias(alias) => {
                self.may_replace(document, alias);
                copied + 1
            }
            How::Flow(node) => self.flow(document, node, 1),
            How::Block(_) => 1,
        };
    }

    fn depends_on(&mut self, document: &Document, service: &Service, broker: &str, in_flow: bool) {
        let dependencies = &service.definitions[0].depends_on.dependencies;
        let others = count(dependencies.iter().filter(|dependency| dependency.service != broker).count());
        let listed = service.definitions[0].depends_on.on(broker);
        if listed.is_some_and(|dependency| dependency.condition() == Condition::Healthy) {
            return;
        }
        let list = document
            .items(
                service.definitions[0]
                    .depends_on
                    .section
                    .as_ref()
                    .map_or(service.definitions[0].node, |section| section.value),
            )
            .is_some();
        self.growth += match How::of(document, service.definitions[0].depends_on.section.as_ref()) {
            How::Absent => {
                if in_flow {
                    0
                } else {
                    3
                }
            }
            How::Merged(_) if list => 1 + 2 * others + 2,
            How::Merged(section) => {
                self.may_anchor(document, section.value);
                4
            }
            How::Alias(alias) => {
                self.may_replace(document, alias);
                if list { 2 * others + 2 } else { 3 }
            }
            How::Flow(node) => {
                let growth = self.flow(document, node, 2);
                if listed.is_some() { 0 } else { growth }
            }
            How::Block(node) if list => {
                for item in document.items(node).unwrap_or_default() {
                    self.may_replace(document, item.node);
                }
                others + if listed.is_some() { 1 } else { 2 }
            }
            How::Block(_) => match listed.and_then(|dependency| dependency.condition_node) {
                Some(condition) => {
                    self.may_replace(document, condition);
                    0
                }
                None => 2,
            },
        };
    }

    /// The lines of a flow collection may change; it grows by one if it is on several. An empty one gets lines below its key.
    fn flow(&mut self, document: &Document, node: NodeId, below: isize) -> isize {
        self.may_replace(document, node);
        let is_empty = document.written_entries(node).is_empty() && document.items(node).is_none_or(<[_]>::is_empty);
        if is_empty && !document.node(node).parent.is_some_and(|service| is_flow(document, service)) {
            return below;
        }
        let lines = document.lines().lines(document.node(node).span);
        isize::from(lines.start() != lines.end())
    }

    fn may_replace(&mut self, document: &Document, node: NodeId) {
        self.replaceable.extend(document.lines().lines(document.node(node).span));
    }

    /// The line of the key whose value gets an anchor.
    fn may_anchor(&mut self, document: &Document, value: NodeId) {
        let parent = document.node(value).parent;
        let entries = parent.map(|parent| document.written_entries(parent)).unwrap_or_default();
        if let Some(entry) = entries.iter().find(|entry| entry.value == value) {
            self.anchored.push(document.lines().line(document.node(entry.key).span.start));
        }
    }
}

enum How<'s> {
    Absent,
    Merged(&'s Section),
    Alias(NodeId),
    Flow(NodeId),
    Block(NodeId),
}

impl<'s> How<'s> {
    fn of(document: &Document, section: Option<&'s Section>) -> Self {
        match section {
            None => Self::Absent,
            Some(section) if !section.is_own() => Self::Merged(section),
            Some(section) if document.is_alias(section.value) => Self::Alias(section.value),
            Some(section) if is_flow(document, section.value) => Self::Flow(section.value),
            Some(section) => Self::Block(section.value),
        }
    }
}

fn is_flow(document: &Document, node: NodeId) -> bool {
    matches!(
        document.node(node).kind,
        NodeKind::Mapping { style: CollectionStyle::Flow, .. }
            | NodeKind::Sequence { style: CollectionStyle::Flow, .. }
    )
}

fn count(number: usize) -> isize {
    isize::try_from(number).unwrap_or(isize::MAX)
}
