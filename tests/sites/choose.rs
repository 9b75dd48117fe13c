//! Which sites are tried.
//!
//! Files: every YAML file of the corpus that Compose loads, mentions Kafka or Redpanda and has a broker by the name of its image. Sites: the
//! services that are neither broker nor ZooKeeper, on which the broker does not depend, that do not have the variable and do not wait for
//! a healthy broker yet. The first two of a file are taken, and all whose `environment` or `depends_on` is written in an unusual way. Those are
//! rare, so they are also taken where the broker is not known, with the first service in its place, and where the service waits
//! already. Forty files are tried again with CRLF.

use std::path::{Path, PathBuf};

use composefix::compose::{Condition, DependsOnForm, EnvironmentForm, Project, Section, Service};
use composefix::yaml::{CollectionStyle, Document, DocumentId, NodeId, NodeKind};

use crate::edit::{self, VARIABLE};

pub(crate) const ALL: &str = "all";
pub(crate) const SHARED: &str = "alias, merge key or anchor on the key";
const FLOW: &str = "flow style on an edited key";
const EMPTY: &str = "empty or null edited key";
const WIDE: &str = "four-space file";
const NO_NEWLINE: &str = "no final newline";
const CRLF: &str = "CRLF";
const COPIES: usize = 40;
/// How many plain sites of a file are taken.
const PLAIN: usize = 2;

/// A text to edit, and where.
pub(crate) struct Case {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) sites: Vec<Site>,
    /// Why the library does not read it.
    pub(crate) unread: Option<String>,
    /// Whether it is tried with CRLF too.
    pub(crate) is_copied: bool,
}

pub(crate) struct Site {
    pub(crate) service: String,
    pub(crate) broker: String,
    pub(crate) kinds: Vec<&'static str>,
}

pub(crate) fn cases(corpus: &Path) -> Vec<Case> {
    let mut paths = Vec::new();
    collect(corpus, &mut paths);
    paths.sort();
    let mut cases: Vec<Case> = paths.into_iter().filter_map(case).collect();
    let with_lf = |case: &Case| case.unread.is_none() && !case.text.contains('\r');
    let spread = cases.iter().filter(|case| with_lf(case)).count().div_ceil(COPIES).max(1);
    cases.iter_mut().filter(|case| with_lf(case)).step_by(spread).for_each(|case| case.is_copied = true);
    cases
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml") {
            paths.push(path);
        }
    }
}

fn case(path: PathBuf) -> Option<Case> {
    let text = std::fs::read_to_string(&path).ok()?;
    let lower = text.to_lowercase();
    let has_kafka = lower.contains("kafka") || lower.contains("redpanda");
    let project = match edit::load(&path, &text) {
        Ok(project) => project,
        Err(reason) if has_kafka => {
            return Some(Case { path, text, sites: Vec::new(), unread: Some(reason), is_copied: false });
        }
        Err(_) => return None,
    };
    let found = project.services.iter().find(|service| has_kafka && is_broker(service));
    let broker = found.or(project.services.first())?;
    let before_broker = dependencies(&project, broker);
    let layout = layout(&project.sources[0].document);
    let (mut plain, mut unusual) = if found.is_some() { (0, 0) } else { (PLAIN, PLAIN) };
    let mut sites = Vec::new();
    // Services of an included file are not sites of this one.
    let is_here = |service: &&Service| service.definitions[0].node.document == DocumentId::default();
    for service in project.services.iter().filter(is_here) {
        let waits = service.depends_on.on(&broker.name).is_some_and(|on| on.condition() == Condition::Healthy);
        let (forms, rare) = forms(&project.sources[0].document, service);
        let count = if layout.is_empty() { &mut plain } else { &mut unusual };
        let is_plain_done = !rare && (*count == PLAIN || waits);
        let has_it = service.environment.get(VARIABLE).is_some();
        if is_plain_done
            || has_it
            || is_broker(service)
            || is_zookeeper(service)
            || before_broker.contains(&service.name)
        {
            continue;
        }
        *count += usize::from(!rare);
        let kinds = forms.into_iter().chain(layout.iter().copied()).collect();
        sites.push(Site { service: service.name.clone(), broker: broker.name.clone(), kinds });
    }
    (!sites.is_empty()).then_some(Case { path, text, sites, unread: None, is_copied: false })
}

/// A copy of a case with CRLF, which means the same to Compose.
pub(crate) fn with_crlf(case: &Case) -> Case {
    let sites = case.sites.iter().map(|site| Site {
        service: site.service.clone(),
        broker: site.broker.clone(),
        kinds: site.kinds.iter().copied().chain([CRLF]).collect(),
    });
    let text = case.text.replace('\n', "\r\n");
    Case { path: case.path.clone(), text, sites: sites.collect(), unread: None, is_copied: false }
}

fn image_name(service: &Service) -> &str {
    let image = service.image.as_ref().map_or("", |image| image.as_str());
    let repository = image.rsplit('/').next().unwrap_or_default();
    repository.split([':', '@']).next().unwrap_or_default()
}

fn is_broker(service: &Service) -> bool {
    const BROKERS: &[&str] = &[
        "kafka",
        "kafka-native",
        "cp-kafka",
        "cp-enterprise-kafka",
        "cp-server",
        "confluent-local",
        "redpanda",
        "redpanda-unstable",
        "fast-data-dev",
    ];
    BROKERS.contains(&image_name(service))
}

fn is_zookeeper(service: &Service) -> bool {
    image_name(service).contains("zookeeper")
}

/// All that must start before a service: it cannot be made to wait for that service.
fn dependencies(project: &Project, service: &Service) -> Vec<String> {
    let mut found = vec![service.name.clone()];
    let mut next = 0;
    while let Some(service) = found.get(next).map(|name| project.service(name)) {
        next += 1;
        let Some(service) = service else { continue };
        let explicit = service.depends_on.dependencies.iter().map(|dependency| &dependency.service);
        for name in explicit.chain(service.implied_dependencies.iter().map(|on| &on.service)) {
            if !found.contains(name) {
                found.push(name.clone());
            }
        }
    }
    found
}

/// What is unusual about a whole file.
fn layout(document: &Document) -> Vec<&'static str> {
    let text = document.text();
    let first_indented = text.lines().find(|line| line.starts_with(' ') && !line.trim_start().starts_with('#'));
    let wide = first_indented.is_some_and(|line| line.starts_with("    "));
    let mut kinds = Vec::new();
    kinds.extend(wide.then_some(WIDE));
    kinds.extend((!text.ends_with('\n')).then_some(NO_NEWLINE));
    kinds.extend(text.contains('\r').then_some(CRLF));
    kinds
}

/// How the edited keys are written, and whether that is rare.
fn forms(document: &Document, service: &Service) -> (Vec<&'static str>, bool) {
    let own = &service.definitions[0];
    let (environment, depends_on) = (own.environment.section.as_ref(), own.depends_on.section.as_ref());
    let mut kinds = vec![
        match own.environment.form {
            EnvironmentForm::Absent => "environment absent",
            EnvironmentForm::Null => "environment null",
            EnvironmentForm::Map => "environment map",
            EnvironmentForm::List => "environment list",
        },
        match own.depends_on.form {
            DependsOnForm::Absent => "depends_on absent",
            DependsOnForm::Short => "depends_on short list",
            DependsOnForm::Long => "depends_on long map",
        },
    ];
    let sections = || [environment, depends_on].into_iter().flatten();
    let shared = document.is_alias(own.node) || sections().any(|section| is_shared(document, section));
    let flow = is_flow(document, own.node) || sections().any(|section| is_flow(document, section.value));
    let empty = sections().any(|section| is_empty(document, section.value));
    let anchors = document.nodes().any(|(_, node)| node.anchor.is_some());
    kinds.extend(shared.then_some(SHARED));
    kinds.extend(flow.then_some(FLOW));
    kinds.extend(empty.then_some(EMPTY));
    kinds.extend((anchors && !shared).then_some("anchors elsewhere in the file"));
    kinds.extend(document.comments().is_empty().then_some("no comment in the file"));
    (kinds, shared || flow || empty)
}

fn is_shared(document: &Document, section: &Section) -> bool {
    let value = document.follow(section.value);
    let merges = document.written_entries(value).iter().any(|entry| document.is_merge_key(entry.key));
    !section.is_own() || document.is_alias(section.value) || document.anchor_name(value).is_some() || merges
}

fn is_flow(document: &Document, node: NodeId) -> bool {
    matches!(
        document.node(document.follow(node)).kind,
        NodeKind::Mapping { style: CollectionStyle::Flow, .. }
            | NodeKind::Sequence { style: CollectionStyle::Flow, .. }
    )
}

fn is_empty(document: &Document, node: NodeId) -> bool {
    match &document.node(document.follow(node)).kind {
        NodeKind::Mapping { entries, .. } => entries.is_empty(),
        NodeKind::Sequence { items, .. } => items.is_empty(),
        _ => document.is_null(node),
    }
}
