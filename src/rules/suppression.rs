//! Comments that ignore findings: `# composefix: ignore[rule, other-rule] reason`.
//!
//! A comment must name the rules: ignoring all would also hide future findings.

use std::collections::{HashMap, HashSet};

use crate::analysis::Analysis;
use crate::compose::{Change, ServiceId, Source};
use crate::finding::{Finding, Fix, Reason};
use crate::kafka::topology::Hints;
use crate::rules::{Options, Rule, Scope};
use crate::source::FileId;
use crate::text::{Span, TextEdit};

/// The findings of the rules, and those that comments ignore.
#[derive(Clone, Debug)]
pub struct Found {
    /// The findings that no comment ignores.
    pub findings: Vec<Finding>,
    /// Those that one does, in the same order.
    pub ignored: Vec<Finding>,
    /// Findings of services that the run must not fix.
    pub out_of_scope: Vec<Finding>,
    /// The comments, each once for every rule that it names.
    pub comments: Vec<IgnoreComment>,
}

/// A comment, and a rule that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IgnoreComment {
    /// The file.
    pub file: FileId,
    /// The comment, from its `#`.
    pub span: Span,
    /// Its number among all comments of the file, from 0: a fix may move comments, but does not add or remove them.
    pub number: usize,
    /// The name of the rule, as written; empty if there is none.
    pub rule: String,
    /// The problem with the comment, a sentence without a full stop; `None` if it is used, or if that is unknown.
    pub remark: Option<String>,
}

impl Found {
    /// The findings, and those that comments ignore.
    pub fn all(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().chain(&self.ignored)
    }

    /// What later rounds found comments to be for, they are for from the start.
    pub(crate) fn learn_from(&mut self, later: &Self) {
        let useful = later.comments.iter().filter(|comment| comment.remark.is_none());
        let useful: HashSet<(FileId, usize, &str)> =
            useful.map(|comment| (comment.file, comment.number, comment.rule.as_str())).collect();
        for comment in &mut self.comments {
            if useful.contains(&(comment.file, comment.number, comment.rule.as_str())) {
                comment.remark = None;
            }
        }
    }

    /// The ignore comments that fixes must respect.
    #[must_use]
    pub fn objections(&self) -> Objections<'_> {
        let mut objections = Objections::default();
        for ignored in &self.ignored {
            objections.by_place.entry(ignored.primary.file).or_default().push(ignored);
            objections.by_service.entry(&ignored.service).or_default().push(ignored);
        }
        objections
    }
}

/// The findings that comments ignore, by what a fix might do to them.
#[derive(Default)]
pub struct Objections<'f> {
    by_place: HashMap<FileId, Vec<&'f Finding>>,
    by_service: HashMap<&'f str, Vec<&'f Finding>>,
}

impl Objections<'_> {
    /// Why a fix must not be applied, if it would make a change in another service that a comment there ignores.
    #[must_use]
    pub fn to(&self, finding: &Finding, fix: &Fix) -> Option<Reason> {
        let is_other = |ignored: &&&Finding| ignored.id.service != finding.id.service;
        let edited = || {
            let own = fix.edits.keys().flat_map(|file| self.by_place.get(file).into_iter().flatten());
            own.filter(is_other).find(|ignored| edits_place(fix, ignored))
        };
        let changed = || {
            let own =
                fix.changes.iter().filter_map(|(_, change)| Some((change, self.by_service.get(change.service()?)?)));
            let mut pairs = own.flat_map(|(change, ignored)| ignored.iter().map(move |ignored| (change, ignored)));
            pairs
                .find(|(change, ignored)| is_other(ignored) && makes_change(change, ignored))
                .map(|(_, ignored)| ignored)
        };
        let ignored = edited().or_else(changed)?;
        Some(Reason::Ignored { service: ignored.service.clone(), rule: ignored.rule() })
    }
}

/// Whether a fix edits what a finding underlines.
fn edits_place(fix: &Fix, finding: &Finding) -> bool {
    let place = finding.primary.span;
    let is_inside = |edit: &TextEdit| edit.span.start < place.end && place.start < edit.span.end;
    fix.edits.get(&finding.primary.file).is_some_and(|edits| edits.iter().any(is_inside))
}

/// Whether a finding's own fix would make a change.
fn makes_change(change: &Change, finding: &Finding) -> bool {
    finding.fix().is_some_and(|own| own.changes.iter().any(|(_, own)| own.meaning() == change.meaning()))
}

/// Parts the findings by the comments of the project's compose files.
pub(super) fn apply(analysis: &Analysis, findings: Vec<Finding>, options: &Options) -> Found {
    let mut directives: Vec<Directive<'_>> = analysis.project.sources.iter().flat_map(directives).collect();
    let ignored = covered(analysis, &findings, &mut directives);
    let comments = directives.into_iter().map(|directive| IgnoreComment {
        file: directive.source.file,
        span: directive.span,
        number: directive.number,
        rule: directive.rule.to_owned(),
        remark: directive.remark(analysis, options),
    });
    let mut found =
        Found { findings: Vec::new(), ignored: Vec::new(), out_of_scope: Vec::new(), comments: comments.collect() };
    let scope = Scope::of(analysis, options);
    for (number, finding) in findings.into_iter().enumerate() {
        let list = match (ignored.contains(&number), scope.holds(finding.id.service)) {
            (true, _) => &mut found.ignored,
            (false, true) => &mut found.findings,
            (false, false) => &mut found.out_of_scope,
        };
        list.push(finding);
    }
    found
}

/// The findings that directives ignore, by number; the directives are marked as used.
///
/// A directive ignores findings of its rule at its place, or of a whole service inside its place: values from an anchor or an env file have
/// their place elsewhere.
fn covered(analysis: &Analysis, findings: &[Finding], directives: &mut [Directive<'_>]) -> HashSet<usize> {
    let mut ignored = HashSet::new();
    if directives.is_empty() {
        return ignored;
    }
    let mut by_place: HashMap<(&str, FileId), Vec<(Span, usize)>> = HashMap::new();
    let mut by_service: HashMap<(&str, ServiceId), Vec<usize>> = HashMap::new();
    for (number, finding) in findings.iter().enumerate() {
        let key = (finding.rule(), finding.primary.file);
        by_place.entry(key).or_default().push((finding.primary.span, number));
        by_service.entry((finding.rule(), finding.id.service)).or_default().push(number);
    }
    by_place.values_mut().for_each(|places| places.sort_by_key(|(span, _)| span.start));
    let lengths = findings.iter().map(|finding| finding.primary.span.end - finding.primary.span.start);
    let longest = lengths.max().unwrap_or(0);
    let mut services: HashMap<FileId, Vec<(Span, ServiceId)>> = HashMap::new();
    for service in &analysis.project.services {
        for key in service.definitions.iter().map(|definition| definition.key) {
            let place = (analysis.project.span(key), service.id);
            services.entry(analysis.project.file(key)).or_default().push(place);
        }
    }
    services.values_mut().for_each(|places| places.sort_by_key(|(span, _)| span.start));
    for directive in directives {
        let (Some(subject), file) = (directive.subject, directive.source.file) else { continue };
        let places = by_place.get(&(directive.rule, file)).map_or(&[][..], Vec::as_slice);
        let from = places.partition_point(|(span, _)| span.start + longest < subject.start);
        let until = places.partition_point(|(span, _)| span.start <= subject.end);
        let at_place = places[from..until].iter();
        let at_place = at_place.filter(|(span, _)| span.end >= subject.start).map(|(_, number)| *number);
        let keys = services.get(&file).map_or(&[][..], Vec::as_slice);
        let keys = keys[keys.partition_point(|(span, _)| span.start < subject.start)..].iter();
        let inside = keys.take_while(|(span, _)| span.start <= subject.end).filter(|(span, _)| subject.contains(*span));
        let of_services = inside.filter_map(|(_, service)| by_service.get(&(directive.rule, *service))).flatten();
        let found: Vec<usize> = at_place.chain(of_services.copied()).collect();
        directive.is_used = !found.is_empty();
        ignored.extend(found);
    }
    ignored
}

/// A rule that a comment names.
struct Directive<'p> {
    source: &'p Source,
    span: Span,
    number: usize,
    rule: &'p str,
    /// The bytes that the comment is about.
    subject: Option<Span>,
    is_used: bool,
}

impl Directive<'_> {
    fn remark(&self, analysis: &Analysis, options: &Options) -> Option<String> {
        if self.rule.is_empty() {
            return Some("the comment names no rule to ignore; write `composefix: ignore[RULE] reason`".to_owned());
        }
        let Some(rule) = Rule::by_name(self.rule) else {
            let advice = Rule::advice(self.rule);
            return Some(format!("`{}` is not a rule; {advice}", self.rule));
        };
        // Other projects may extend a base file, and a project without its broker is not complete; the user's facts may already exclude the
        // finding.
        let topology = &analysis.topology;
        let is_whole = (self.source.is_named || self.source.is_included) && !topology.brokers.is_empty();
        let is_idle = !self.is_used && options.runs(rule) && is_whole && *topology.hints == Hints::default();
        is_idle.then(|| format!("unused `ignore[{}]`: there is nothing to ignore on this line or below", self.rule))
    }
}

/// The ignore directives in the comments of a file.
fn directives(source: &Source) -> Vec<Directive<'_>> {
    let document = &source.document;
    let comments = document.comments().iter().enumerate();
    let told = comments.flat_map(|(number, &span)| {
        let rules = document.slice(span).split('#').filter_map(rules);
        rules.flatten().map(move |rule| (number, span, rule))
    });
    let directive = |(number, span, rule)| Directive {
        source,
        span,
        number,
        rule,
        subject: document.subject(span),
        is_used: false,
    };
    told.map(directive).collect()
}

/// The rules that a part of a comment names, an empty one if it names none; `None` if it is not for composefix.
fn rules(part: &str) -> Option<Vec<&str>> {
    let said = part.trim().strip_prefix("composefix")?.trim_start().strip_prefix(':')?;
    let list = said.trim_start().strip_prefix("ignore").and_then(|rest| rest.trim_start().strip_prefix('['));
    let list = list.and_then(|list| list.split_once(']')).map_or("", |(list, _)| list);
    Some(list.split(',').map(str::trim).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_names_the_rules_that_it_ignores() {
        let cases: [(&str, &[&str]); 9] = [
            (" composefix: ignore[retired-image] it comes from a mirror", &["retired-image"]),
            ("composefix:ignore[a,b]", &["a", "b"]),
            (" composefix : ignore [ a , b ] [c]", &["a", "b"]),
            (" composefix: ignore", &[""]),
            (" composefix: ignore all", &[""]),
            (" composefix: ignore[]", &[""]),
            (" composefix: ignore[a", &[""]),
            (" composefix: disable[a]", &[""]),
            (" composefix: ignore[a,]", &["a", ""]),
        ];
        for (part, expected) in cases {
            assert_eq!(rules(part).as_deref(), Some(expected), "{part}");
        }
    }

    #[test]
    fn other_comments_are_not_for_composefix() {
        for part in
            ["", " composefix repairs this", " zizmor: ignore[a]", " see composefix: ignore[a]", " Composefix: a"]
        {
            assert_eq!(rules(part), None, "{part}");
        }
    }
}
