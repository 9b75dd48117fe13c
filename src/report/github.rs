//! Findings as annotations of a pull request: the commands that GitHub Actions reads from the output of a step
//! (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>).

use crate::report::findings::FindingReport;
use crate::text::{shown, visible};

/// One command a finding, and one for each of `errors`: what could not be looked at.
#[must_use]
pub fn to_github(findings: &[FindingReport], errors: &[String]) -> String {
    let errors = errors.iter().map(|error| format!("::error title=composefix::{}\n", data(&shown(error))));
    findings.iter().map(command).chain(errors).collect()
}

fn command(finding: &FindingReport) -> String {
    let FindingReport { rule, severity, message, place, .. } = finding;
    // Columns are taken only if the place ends in its line.
    let end = if place.line == place.end_line { format!(",endColumn={}", place.end_column) } else { String::new() };
    format!(
        "::{severity} title={},file={},line={},endLine={},col={}{end}::{}\n",
        property(&format!("composefix {rule}")),
        property(&visible(&place.path)),
        place.line,
        place.end_line,
        place.column,
        data(&format!("{}\n{}", shown(message), shown(&finding.repair.sentence()))),
    )
}

/// A text in a command (actions/toolkit, packages/core/src/command.ts).
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A text in a command's properties (the same file).
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_a_command_or_a_property_is_written_in_another_way() {
        assert_eq!(data("100 %, a: b\r\n"), "100 %25, a: b%0D%0A");
        assert_eq!(property("C:/a,b 100 %"), "C%3A/a%2Cb 100 %25");
    }
}
