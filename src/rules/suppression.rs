//! Comments that have a finding left alone: `# composefix: ignore[rule, other-rule] reason`.
//!
//! A comment names the rules: one for all of them would hide what nobody has seen yet.

use std::collections::HashSet;

use crate::analysis::Analysis;
use crate::compose::Source;
use crate::finding::{Finding, Fix, Reason};
use crate::kafka::topology::Hints;
use crate::rules::{Options, Rule};
use crate::source::FileId;
use crate::text::{Span, TextEdit};

/// What the rules find, and what comments say of it.
#[derive(Clone, Debug)]
pub struct Found {
    /// The findings that no comment ignores.
    pub findings: Vec<Finding>,
    /// Those that one does, in the same order.
    pub ignored: Vec<Finding>,
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
    /// Its number among all comments of the file, from 0: a repair may move it, and makes and takes none.
    pub number: usize,
    /// The name of the rule, as written; empty if there is none.
    pub rule: String,
    /// What is wrong with it, a sentence without a full stop; `None` for one that does its work, or of which that cannot be told.
    pub remark: Option<String>,
}

impl Found {
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

    /// Why a fix of one of the findings must not be applied, if it would do to another service what a comment says to leave alone.
    #[must_use]
    pub fn objection(&self, finding: &Finding, fix: &Fix) -> Option<Reason> {
        let mut others = self.ignored.iter().filter(|ignored| ignored.id.service != finding.id.service);
        let ignored = others.find(|ignored| edits_place(fix, ignored) || makes_change(fix, ignored))?;
        Some(Reason::Ignored { service: ignored.service.clone(), rule: ignored.rule() })
    }
}

/// Whether a fix edits what a finding underlines.
fn edits_place(fix: &Fix, finding: &Finding) -> bool {
    let place = finding.primary.span;
    let is_inside = |edit: &TextEdit| edit.span.start < place.end && place.start < edit.span.end;
    fix.edits.get(&finding.primary.file).is_some_and(|edits| edits.iter().any(is_inside))
}

/// Whether a fix changes a finding's service as the finding's own fix would.
fn makes_change(fix: &Fix, finding: &Finding) -> bool {
    let Some(own) = finding.fix() else { return false };
    let is_own = |service: Option<&str>| service == Some(&finding.service);
    let mut changes = fix.changes.iter().map(|(_, change)| change).filter(|change| is_own(change.service()));
    changes.any(|change| own.changes.iter().any(|(_, own)| own.meaning() == change.meaning()))
}

/// Parts the findings by the comments of the project's compose files.
pub(super) fn apply(analysis: &Analysis, findings: Vec<Finding>, options: &Options) -> Found {
    let mut directives: Vec<Directive<'_>> = analysis.project.sources.iter().flat_map(directives).collect();
    let (ignored, findings) = findings.into_iter().partition(|finding| {
        let covering = directives.iter_mut().filter(|directive| directive.covers(analysis, finding));
        covering.map(|directive| directive.is_used = true).count() > 0
    });
    let comment = |directive: Directive<'_>| IgnoreComment {
        file: directive.source.file,
        span: directive.span,
        number: directive.number,
        rule: directive.rule.to_owned(),
        remark: directive.remark(analysis, options),
    };
    Found { findings, ignored, comments: directives.into_iter().map(comment).collect() }
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
    /// Whether the comment is about the place of a finding of its rule, or about the whole service that has it: what that gets from an
    /// anchor or an env file has its place elsewhere.
    fn covers(&self, analysis: &Analysis, finding: &Finding) -> bool {
        let Some(subject) = self.subject.filter(|_| finding.rule() == self.rule) else { return false };
        let place = finding.primary.span;
        let is_about_place =
            finding.primary.file == self.source.file && subject.start <= place.end && place.start <= subject.end;
        is_about_place
            || analysis.project[finding.id.service].definitions.iter().any(|definition| {
                analysis.project.file(definition.key) == self.source.file
                    && subject.contains(analysis.project.span(definition.key))
            })
    }

    fn remark(&self, analysis: &Analysis, options: &Options) -> Option<String> {
        if self.rule.is_empty() {
            return Some(
                "a comment for composefix names the rules to ignore: `composefix: ignore[RULE] reason`".to_owned(),
            );
        }
        let Some(rule) = Rule::by_name(self.rule) else {
            let advice = Rule::advice(self.rule);
            return Some(format!("there is no rule `{}`; {advice}", self.rule));
        };
        // A base that services extend may have others, and a project without its broker is not judged as a whole; what the user says
        // may leave alone already what a comment would.
        let topology = &analysis.topology;
        let is_whole = (self.source.is_named || self.source.is_included) && !topology.brokers.is_empty();
        let is_idle = !self.is_used && options.runs(rule) && is_whole && *topology.hints == Hints::default();
        is_idle.then(|| {
            format!("ignore[{}] ignores nothing: it belongs on the line of what is found, or above it", self.rule)
        })
    }
}

/// What the comments of a file say to composefix.
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
