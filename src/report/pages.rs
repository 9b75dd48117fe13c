//! The pages of rules, for programs that show or collect them.

use serde::Serialize;

use crate::rules::Rule;
use crate::text::escaped_json;

/// The number of the form; it grows if a program that reads it could be misled.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Pages<'r> {
    schema: u32,
    rules: Vec<Page<'r>>,
}

#[derive(Serialize)]
struct Page<'r> {
    name: &'r str,
    summary: &'r str,
    severity: &'static str,
    /// The whole page, in Markdown.
    page: String,
}

/// Rules as JSON, with a final line break.
///
/// # Errors
/// None that is known: the data is texts.
pub fn to_json<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Result<String, serde_json::Error> {
    let page = |rule: &'r Rule| Page {
        name: rule.name,
        summary: rule.summary,
        severity: rule.severity.as_str(),
        page: rule.plain_page(),
    };
    let pages = Pages { schema: SCHEMA, rules: rules.into_iter().map(page).collect() };
    serde_json::to_string_pretty(&pages).map(|json| escaped_json(&json) + "\n")
}
