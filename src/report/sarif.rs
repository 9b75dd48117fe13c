//! Findings as SARIF 2.1.0, which GitHub's code scanning and editors read
//! (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::report::findings::{EditReport, FindingReport, Place};
use crate::rules::RULES;
use crate::text::{capitalized, escaped_json};

/// One run, with a final line break; `errors` are the failures.
///
/// # Errors
/// No known one: the data consists of strings and numbers.
pub fn to_sarif(findings: &[FindingReport], errors: &[String]) -> Result<String, serde_json::Error> {
    let rules: Vec<Value> = RULES
        .iter()
        .map(|rule| {
            json!({
                "id": rule.name,
                "shortDescription": { "text": rule.summary },
                "help": { "text": rule.summary, "markdown": rule.plain_page() },
            })
        })
        .collect();
    let driver = json!({ "name": "composefix", "semanticVersion": env!("CARGO_PKG_VERSION"), "rules": rules });
    let notifications: Vec<Value> =
        errors.iter().map(|error| json!({ "level": "error", "message": { "text": error } })).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": errors.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "results": findings.iter().map(result).collect::<Vec<_>>(),
        }],
    });
    serde_json::to_string_pretty(&log).map(|json| escaped_json(&json) + "\n")
}

fn result(finding: &FindingReport) -> Value {
    let mut result = json!({
        "ruleId": finding.rule,
        "level": finding.severity,
        "message": { "text": message(finding) },
        "locations": [location(&finding.place)],
    });
    if !finding.related.is_empty() {
        let related = finding.related.iter().map(|related| {
            let mut location = location(&related.place);
            location["message"] = json!({ "text": related.message });
            location
        });
        result["relatedLocations"] = related.collect();
    }
    if !finding.repair.edits.is_empty() {
        result["fixes"] = json!([fix(finding)]);
    }
    result
}

/// What is wrong, and what is done about it: not every viewer shows fixes.
fn message(finding: &FindingReport) -> String {
    let help = finding.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
    format!("{}{help}\n{}", finding.message, capitalized(&finding.repair.sentence()))
}

fn fix(finding: &FindingReport) -> Value {
    let mut by_file: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for EditReport { place, text } in &finding.repair.edits {
        let replacement = json!({ "deletedRegion": region(place), "insertedContent": { "text": text } });
        by_file.entry(&place.path).or_default().push(replacement);
    }
    let changes: Vec<Value> = by_file
        .into_iter()
        .map(|(path, replacements)| json!({ "artifactLocation": artifact(path), "replacements": replacements }))
        .collect();
    json!({ "description": { "text": finding.repair.title }, "artifactChanges": changes })
}

fn location(place: &Place) -> Value {
    json!({ "physicalLocation": { "artifactLocation": artifact(&place.path), "region": region(place) } })
}

fn artifact(path: &str) -> Value {
    json!({ "uri": uri(path) })
}

fn region(place: &Place) -> Value {
    json!({
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    })
}

/// A path as a relative reference (RFC 3986, section 4.2), so that `%` and spaces are literal.
fn uri(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    path.bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::analysis::Analysis;
    use crate::rules::Options;
    use crate::source::{Files, Memory};

    #[test]
    fn a_result_has_its_place_the_other_end_and_the_repair() {
        let path = Path::new("my shop/compose.yaml");
        let text = "services:
  kafka:
    image: bitnamilegacy/kafka:3.9.0
  orders:
    image: acme/orders
    environment: {KAFKA_BROKERS: localhost:9092}
";
        let mut files = Files::new(Memory([(path.to_owned(), text.into())].into()));
        let options = Options { select: vec!["loopback-broker-address"], ..Options::default() };
        let analysis = Analysis::load(&mut files, path, &options.inputs()).expect("Compose loads it");
        let found = crate::rules::find(&analysis, &options).findings;
        let reports: Vec<FindingReport> = found.iter().map(|finding| FindingReport::of(finding, &files)).collect();
        let log: Value = serde_json::from_str(&to_sarif(&reports, &[]).expect("it is plain data")).expect("it is JSON");

        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"].as_array().map(Vec::len), Some(RULES.len()));
        let result = &run["results"][0];
        assert_eq!((&result["ruleId"], &result["level"]), (&json!("loopback-broker-address"), &json!("error")));
        let region = json!({ "startLine": 6, "startColumn": 34, "endLine": 6, "endColumn": 48 });
        let artifact = json!({ "uri": "my%20shop/compose.yaml" });
        let place = json!({ "artifactLocation": artifact, "region": region });
        assert_eq!(result["locations"][0]["physicalLocation"], place);
        assert_eq!(result["relatedLocations"][0]["physicalLocation"]["region"]["startLine"], 2);
        let change = &result["fixes"][0]["artifactChanges"][0];
        let replacement = json!({ "deletedRegion": region, "insertedContent": { "text": "kafka:9092" } });
        assert_eq!(change, &json!({ "artifactLocation": artifact, "replacements": [replacement] }));
    }
}
