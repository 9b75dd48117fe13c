//! Twins of a case: the same project in another outer form.

use composefix::yaml::Document;

use super::case::{Case, Run};

/// The same data, written another way.
pub struct Twin {
    name: &'static str,
    transform: fn(&str) -> String,
}

/// Windows' line breaks and byte order mark, an editor that adds no final newline, and wider indentation.
pub const TWINS: [Twin; 4] = [
    Twin { name: "CRLF", transform: |text| text.replace('\n', "\r\n") },
    Twin { name: "a byte order mark", transform: |text| format!("\u{feff}{text}") },
    Twin { name: "no final newline", transform: |text| text.strip_suffix('\n').unwrap_or(text).to_owned() },
    Twin { name: "four spaces", transform: four_spaces },
];

impl Twin {
    /// Fixes the twin: it has the same findings at the same services, and its fixed text is the twin of the fixed text.
    ///
    /// # Errors
    /// What differs.
    pub fn is_repaired_alike(&self, case: &Case, run: &Run) -> Result<(), String> {
        let text = (self.transform)(case.text());
        if data(&text)? != data(case.text())? {
            return Err(format!("{} would not leave its data as it is", self.name));
        }
        let twin = case.with_text(&text).run()?;
        let names = |run: &Run| -> Vec<(&str, String)> {
            run.findings.iter().map(|finding| (finding.rule(), finding.service.clone())).collect()
        };
        if names(&twin) != names(run) {
            return Err(format!("with {} this is found:\n{}", self.name, twin.list()));
        }
        let expected = (self.transform)(&run.after);
        if twin.after != expected {
            return Err(format!("with {}\n--- expected\n{expected}--- found\n{}", self.name, twin.after));
        }
        Ok(())
    }
}

fn data(text: &str) -> Result<Vec<composefix::yaml::Value>, String> {
    Document::parse(text).map(|document| document.values()).map_err(|error| error.to_string())
}

/// The text with all indentation doubled, but not within the value of a block scalar. A map in a list moves away from its dash, so that its keys
/// stay below each other.
fn four_spaces(text: &str) -> String {
    let indentation = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    // Of the block scalar that the line is in: the indentation of its header, and that of its first line.
    let mut block: Option<(usize, usize)> = None;
    let widened = lines.iter().enumerate().map(|(index, line)| {
        let content = line.trim_start_matches(' ');
        let own = indentation(line);
        let next = lines.get(index + 1).map_or(0, |next| indentation(next));
        block = block.filter(|&(header, _)| own > header || content.trim().is_empty());
        if let Some((_, first)) = block {
            return format!("{}{content}", " ".repeat(own + first.min(own)));
        }
        if content.trim_end().ends_with(['|', '>']) {
            block = Some((own, next));
        }
        let indent = " ".repeat(2 * own);
        match content.strip_prefix("- ") {
            Some(rest) if next > own => format!("{indent}-   {rest}"),
            _ => format!("{indent}{content}"),
        }
    });
    widened.collect()
}
