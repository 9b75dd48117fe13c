//! Findings as GitLab's code quality report, which merge requests show
//! (<https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>).

use std::collections::HashMap;

use serde::Serialize;

use crate::report::findings::FindingReport;
use crate::text::{escaped_json, visible};

#[derive(Serialize)]
struct Issue<'f> {
    description: String,
    check_name: &'f str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// An array with an issue for each finding, and a final line break. Paths must be from the root of the repository, without `./`.
///
/// # Errors
/// No known one: the data consists of strings and numbers.
pub fn to_gitlab(findings: &[FindingReport]) -> Result<String, serde_json::Error> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let issue = |finding: &FindingReport| {
        let FindingReport { rule, severity, service, message, place, repair, .. } = finding;
        // GitLab compares reports by fingerprint, so a finding whose line moved is not a new one.
        let identity = format!("{rule}\0{}\0{service}\0{message}", place.path);
        let count = seen.entry(identity.clone()).and_modify(|count| *count += 1).or_insert(0);
        Issue {
            description: visible(&format!("{message} ({})", repair.sentence())).into_owned(),
            check_name: rule,
            fingerprint: format!("{:016x}", fnv1a(format!("{identity}\0{count}").as_bytes())),
            severity: if *severity == "error" { "major" } else { "minor" },
            location: Location {
                path: visible(&place.path).into_owned(),
                lines: Lines { begin: place.line, end: place.end_line },
            },
        }
    };
    let issues: Vec<Issue> = findings.iter().map(issue).collect();
    serde_json::to_string_pretty(&issues).map(|json| escaped_json(&json) + "\n")
}

/// The 64-bit hash FNV-1a, which is the same on every machine and in every version
/// (<https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>).
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        // The test vectors of the draft.
        for (text, hash) in
            [("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8)]
        {
            assert_eq!(fnv1a(text.as_bytes()), hash, "{text}");
        }
    }
}
