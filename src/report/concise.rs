//! Findings with one line each, as compilers print them, for editors and `grep`.

use crate::report::findings::FindingReport;
use crate::text::visible;

/// One line a finding: place, severity, rule, message, and what becomes of it.
#[must_use]
pub fn to_concise(findings: &[FindingReport]) -> String {
    findings.iter().map(line).collect()
}

fn line(finding: &FindingReport) -> String {
    let FindingReport { rule, severity, message, place, repair, .. } = finding;
    let text = format!(
        "{}:{}:{}: {severity}[{rule}]: {message} ({})",
        place.path,
        place.line,
        place.column,
        repair.sentence()
    );
    format!("{}\n", visible(&text))
}
