//! How many findings each rule has.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::report::findings::FindingReport;

/// A line for each rule that has findings, the most frequent first: how many, the rule, how severe, and how many of them have a fix.
#[must_use]
pub fn to_statistics(findings: &[FindingReport]) -> String {
    let mut counts: BTreeMap<(&str, &str), (usize, usize)> = BTreeMap::new();
    for finding in findings {
        let (count, fixable) = counts.entry((finding.rule, finding.severity)).or_default();
        *count += 1;
        *fixable += usize::from(finding.repair.applicability != "none");
    }
    let mut rows: Vec<_> = counts.into_iter().collect();
    rows.sort_by_key(|(rule, (count, _))| (Reverse(*count), *rule));
    let row =
        |((rule, severity), (count, fixable))| format!("{count:>6}  {severity:7}  {rule}  ({fixable} with a fix)\n");
    rows.into_iter().map(row).collect()
}
