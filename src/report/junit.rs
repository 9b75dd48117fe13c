//! Findings as JUnit's XML, which CI servers show as test results
//! (<https://github.com/testmoapp/junitxml> describes what they read).

use std::collections::BTreeMap;

use crate::report::findings::FindingReport;
use crate::text::visible;

/// A suite for each file with findings, a failed case for each finding, and an error for each of `errors`: what could not be examined.
/// Without any, one case that passes: an empty report is an error to some servers.
#[must_use]
pub fn to_junit(findings: &[FindingReport], errors: &[String]) -> String {
    let mut by_file: BTreeMap<&str, Vec<&FindingReport>> = BTreeMap::new();
    for finding in findings {
        by_file.entry(&finding.place.path).or_default().push(finding);
    }
    let mut suites: Vec<String> = by_file
        .iter()
        .map(|(path, own)| suite(path, own.len(), 0, &own.iter().map(|own| case(own)).collect::<String>()))
        .collect();
    if !errors.is_empty() {
        suites.push(suite(
            "composefix",
            0,
            errors.len(),
            &errors.iter().map(|error| failed(error)).collect::<String>(),
        ));
    }
    if suites.is_empty() {
        suites.push(suite("composefix", 0, 0, "    <testcase name=\"composefix\"/>\n"));
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"composefix\" tests=\"{}\" failures=\"{}\" errors=\"{}\">\n{}</testsuites>\n",
        (findings.len() + errors.len()).max(1),
        findings.len(),
        errors.len(),
        suites.concat()
    )
}

fn suite(name: &str, failures: usize, errors: usize, cases: &str) -> String {
    let tests = (failures + errors).max(1);
    format!(
        "  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">\n{cases}  </testsuite>\n",
        escaped(name)
    )
}

fn case(finding: &FindingReport) -> String {
    let FindingReport { rule, severity, service, message, place, repair, .. } = finding;
    let text = format!("{}:{}:{}: {message} ({})", place.path, place.line, place.column, repair.sentence());
    format!(
        "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\">\n      <failure type=\"{severity}\" message=\"{}\">{}</failure>\n    </testcase>\n",
        escaped(&format!("{rule} {service}")),
        escaped(&place.path),
        escaped(&place.path),
        place.line,
        escaped(message),
        escaped(&text),
    )
}

fn failed(error: &str) -> String {
    let message = escaped(error);
    format!("    <testcase name=\"not examined\">\n      <error message=\"{message}\"/>\n    </testcase>\n")
}

/// Text of an element or an attribute; XML 1.0 cannot hold control characters at all.
fn escaped(text: &str) -> String {
    let text = visible(text).replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}").replace('\t', " ");
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_markup() {
        assert_eq!(escaped("a<b>&\"c\"\n\u{1b}\u{ffff}"), "a&lt;b&gt;&amp;&quot;c&quot;␊␛\u{fffd}");
    }

    #[test]
    fn without_findings_one_case_passes_and_errors_are_cases() {
        let none = to_junit(&[], &[]);
        assert!(none.contains("tests=\"1\" failures=\"0\" errors=\"0\""), "{none}");
        let error = to_junit(&[], &["a.yml: <bad>".to_owned()]);
        let document = roxmltree::Document::parse(&error).expect("it is XML");
        let message = document.descendants().find_map(|node| node.attribute("message"));
        assert_eq!(message, Some("a.yml: <bad>"));
    }
}
