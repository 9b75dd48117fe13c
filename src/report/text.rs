//! Findings for people, in the form of a compiler's diagnostics.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Message, Renderer, Snippet};

use crate::finding::{Applicability, Finding, Label, Remedy, Severity};
use crate::report::reason::remedy;
use crate::source::{Files, SourceFile};
use crate::text::{Colour, Screen, masked_line, shown, visible};

/// Renders the findings in their order, separated by blank lines. Lines and columns are 1-based; columns count characters.
///
/// A finding shows only the lines in which its labels begin. A label with several lines is underlined to the end of its first. Secrets are
/// masked, and all text is made [`visible`].
#[must_use]
pub fn render(findings: &[Finding], files: &Files, screen: impl Into<Screen>) -> String {
    let screen = screen.into();
    let renderer = match screen.colour {
        Colour::Never => Renderer::plain(),
        Colour::Always => Renderer::styled(),
    };
    let renderer = match screen.width {
        Some(width) => renderer.term_width(width),
        None => renderer,
    };
    let render = |equal: Vec<&Finding>| format!("{}\n", renderer.render(&[group(&equal, files, screen)]));
    equal_findings(findings).into_iter().map(render).collect::<Vec<_>>().join("\n")
}

/// The findings that differ only in their service and place, in the order of the first of each.
fn equal_findings(findings: &[Finding]) -> Vec<Vec<&Finding>> {
    let text = |finding: &Finding| {
        let message = finding.message.replace(&format!("`{}`", finding.service), "``");
        (finding.rule(), finding.severity, message, finding.help.clone(), remedy(finding))
    };
    let mut groups: Vec<(_, Vec<&Finding>)> = Vec::new();
    for finding in findings {
        let own = text(finding);
        match groups.iter_mut().find(|(other, _)| *other == own) {
            Some((_, group)) => group.push(finding),
            None => groups.push((own, vec![finding])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn group<'a>(equal: &[&'a Finding], files: &'a Files, screen: Screen) -> Group<'a> {
    let finding = equal[0];
    let (level, name) = match finding.severity {
        Severity::Warning => (Level::WARNING, "warning"),
        Severity::Error => (Level::ERROR, "error"),
    };
    let used = name.len() + "[]: ".len() + finding.rule().len();
    let title = level.primary_title(screen.wrap(&shown(&finding.message), used)).id(finding.rule());
    let place = |other: &&Finding| {
        let place = files.get(other.primary.file).place(other.primary.span.start);
        format!("`{}` ({})", shown(&other.service), shown(&place))
    };
    let others: Vec<String> = equal[1..].iter().filter(|other| other.primary != finding.primary).map(place).collect();
    let also =
        (!others.is_empty()).then(|| Level::NOTE.with_name("also").message(screen.wrap(&others.join(", "), FOOTER)));
    title.elements(snippets(finding, files)).elements(also).elements(footer(finding, screen))
}

/// The columns before the text of a footer, about: the number of the line, ` = ` and the name.
const FOOTER: usize = 16;

/// How many lines may be between two labels of one snippet: what is between them is left out, but it has to be counted through.
const NEAR: usize = 200;

/// One snippet for the labels of a file that are near each other, that of the primary label first.
fn snippets<'a>(finding: &'a Finding, files: &Files) -> Vec<Snippet<'a, Annotation<'a>>> {
    let line_of = |label: &Label| files.get(label.file).lines().line(label.span.start);
    let is_near = |one: &Label, other: &Label| one.file == other.file && line_of(one).abs_diff(line_of(other)) <= NEAR;
    let mut groups: Vec<Vec<(AnnotationKind, &Label)>> = vec![vec![(AnnotationKind::Primary, &finding.primary)]];
    for label in &finding.related {
        let entry = (AnnotationKind::Context, label);
        match groups.iter_mut().find(|labels| is_near(labels[0].1, label)) {
            Some(labels) => labels.push(entry),
            None => groups.push(vec![entry]),
        }
    }
    groups.into_iter().map(|labels| snippet(files.get(labels[0].1.file), &labels)).collect()
}

fn snippet<'a>(file: &SourceFile, labels: &[(AnnotationKind, &'a Label)]) -> Snippet<'a, Annotation<'a>> {
    let line_of = |label: &Label| file.lines().line(label.span.start);
    let first = labels.iter().map(|(_, label)| line_of(label)).min().unwrap_or(1);
    let last = labels.iter().map(|(_, label)| line_of(label)).max().unwrap_or(1);

    let mut source = String::new();
    let mut annotations = Vec::new();
    for line in first..=last {
        let labelled: Vec<_> = labels.iter().filter(|(_, label)| line_of(label) == line).collect();
        if labelled.is_empty() {
            // A single line between two that are shown would be shown as well.
            source.push_str("...\n");
            continue;
        }
        let start = file.lines().line_start(line);
        let text = file.text()[start..file.lines().line_start(line + 1)].trim_end_matches(['\r', '\n']);
        let starts: Vec<usize> = labelled.iter().map(|(_, label)| label.span.start - start).collect();
        let text = &masked_line(text, &starts);
        let offset = |byte: usize| visible(&text[..byte.saturating_sub(start).min(text.len())]).len() + source.len();
        for (kind, label) in labelled {
            let message = (!label.message.is_empty()).then(|| shown(&label.message));
            annotations.push(kind.span(offset(label.span.start)..offset(label.span.end)).label(message));
        }
        source.push_str(&visible(text));
        source.push('\n');
    }
    let path = file.path().display().to_string();
    Snippet::source(source).line_start(first).path(visible(&path).into_owned()).annotations(annotations)
}

fn footer(finding: &Finding, screen: Screen) -> Vec<Message<'_>> {
    let shown = |text: &str| screen.wrap(&shown(text), FOOTER);
    let mut messages = Vec::new();
    if let Some(help) = &finding.help {
        messages.push(Level::HELP.message(help.lines().map(&shown).collect::<Vec<_>>().join("\n")));
    }
    messages.push(match &finding.remedy {
        Remedy::Fix(fix) => {
            let hint = match fix.applicability {
                Applicability::Safe => "",
                Applicability::Unsafe => " (unsafe: use --unsafe-fixes)",
                Applicability::Manual => " (by hand)",
            };
            Level::HELP.with_name("fix").message(shown(&format!("{}{hint}", fix.title)))
        }
        Remedy::FixedBy(_) => Level::HELP.with_name("fix").message(remedy(finding)),
        Remedy::None(_) => Level::NOTE.with_name("not fixed").message(shown(&remedy(finding))),
    });
    messages
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::compose::ServiceId;
    use crate::finding::{FindingId, Fix, Reason, Site};
    use crate::source::{FileId, Memory};
    use crate::text::Span;

    /// The label of the first `needle` in a file.
    fn label(files: &Files, file: FileId, needle: &str, message: &str) -> Label {
        let start = files.get(file).text().find(needle).expect("the needle is there");
        Label { file, span: Span::new(start, start + needle.len()), message: message.to_owned() }
    }

    fn finding(primary: Label, related: Vec<Label>) -> Finding {
        let site = Site::Line(primary.file, 1);
        Finding {
            id: FindingId {
                rule: "loopback-broker-address",
                service: ServiceId::default(),
                site,
                aspect: String::new(),
            },
            severity: Severity::Error,
            service: "api".to_owned(),
            message: "no broker at `localhost:9092`".to_owned(),
            primary,
            related,
            help: None,
            remedy: Remedy::None(Reason::NoNetwork(vec!["kafka".to_owned()])),
        }
    }

    fn fix(applicability: Applicability) -> Remedy {
        let title = "set KAFKA_BROKERS to kafka:9092".to_owned();
        Remedy::Fix(Fix { title, applicability, edits: BTreeMap::new(), changes: Vec::new() }.into())
    }

    /// The lines between the first and the last line of a finding, with its labels in `text`; the first is the primary one.
    fn snippet_of(text: &str, labels: &[(&str, &str)]) -> Vec<String> {
        let mut files = Files::new(Memory::default());
        let file = files.insert("compose.yml".into(), text);
        let mut labels = labels.iter().map(|(needle, message)| label(&files, file, needle, message));
        let finding = finding(labels.next().expect("there is a primary label"), labels.collect());
        let shown = render(&[finding], &files, Colour::Never);
        let mut lines: Vec<_> = shown.lines().skip(1).map(str::to_owned).collect();
        lines.pop();
        lines
    }

    #[test]
    fn labels_far_from_each_other_have_snippets_of_their_own() {
        let text = format!("broker\n{}client\n", "-\n".repeat(300));
        assert_eq!(
            snippet_of(&text, &[("client", "here"), ("broker", "there")]),
            [
                "   --> compose.yml:302:1",
                "    |",
                "302 | client",
                "    | ^^^^^^ here",
                "    |",
                "   ::: compose.yml:1:1",
                "    |",
                "  1 | broker",
                "    | ------ there",
                "    |",
            ]
        );
    }

    #[test]
    fn a_finding_looks_like_a_diagnostic_of_a_compiler() {
        let mut files = Files::new(Memory::default());
        let file = files.insert(
            "app/compose.yml".into(),
            "services:\n  api:\n    environment:\n      KAFKA_BROKERS: localhost:9092\n",
        );
        let mut finding = finding(label(&files, file, "localhost:9092", "this is the container itself"), Vec::new());
        finding.help = Some("in a container, localhost is the container\nits neighbors have names".to_owned());
        finding.remedy = fix(Applicability::Safe);
        let second = Finding { severity: Severity::Warning, help: None, ..finding.clone() };
        assert_eq!(
            render(&[finding, second], &files, Colour::Never).lines().collect::<Vec<_>>(),
            [
                "error[loopback-broker-address]: no broker at `localhost:9092`",
                " --> app/compose.yml:4:22",
                "  |",
                "4 |       KAFKA_BROKERS: localhost:9092",
                "  |                      ^^^^^^^^^^^^^^ this is the container itself",
                "  |",
                "  = help: in a container, localhost is the container",
                "          its neighbors have names",
                "  = fix: set KAFKA_BROKERS to kafka:9092",
                "",
                "warning[loopback-broker-address]: no broker at `localhost:9092`",
                " --> app/compose.yml:4:22",
                "  |",
                "4 |       KAFKA_BROKERS: localhost:9092",
                "  |                      ^^^^^^^^^^^^^^ this is the container itself",
                "  |",
                "  = fix: set KAFKA_BROKERS to kafka:9092",
            ]
        );
        assert_eq!(render(&[], &files, Colour::Never), "");
    }

    #[test]
    fn the_last_line_says_what_becomes_of_it() {
        for (remedy, last) in [
            (fix(Applicability::Safe), "  = fix: set KAFKA_BROKERS to kafka:9092"),
            (fix(Applicability::Unsafe), "  = fix: set KAFKA_BROKERS to kafka:9092 (unsafe: use --unsafe-fixes)"),
            (fix(Applicability::Manual), "  = fix: set KAFKA_BROKERS to kafka:9092 (by hand)"),
            (Remedy::FixedBy(Vec::new()), "  = fix: the fix of another finding also fixes this"),
            (
                Remedy::None(Reason::NoNetwork(vec!["kafka".to_owned()])),
                "  = not fixed: `kafka` is not on any network of the project",
            ),
        ] {
            let mut files = Files::new(Memory::default());
            let file = files.insert("compose.yml".into(), "a: 1\n");
            let finding = Finding { remedy, ..finding(label(&files, file, "1", ""), Vec::new()) };
            assert_eq!(render(&[finding], &files, Colour::Never).lines().last(), Some(last));
        }
    }

    #[test]
    fn each_file_has_its_own_snippet() {
        let mut files = Files::new(Memory::default());
        let env = files.insert(".env".into(), "# ports\nBROKER=localhost:9092\n");
        let base = files
            .insert("compose.yml".into(), "services:\n  kafka:\n    image: kafka\n  api:\n    environment: [BROKER]\n");
        let related = vec![
            label(&files, env, "localhost:9092", "it comes from here"),
            label(&files, base, "kafka:", "the broker"),
        ];
        let shown = render(&[finding(label(&files, base, "BROKER", ""), related)], &files, Colour::Never);
        assert_eq!(
            shown.lines().collect::<Vec<_>>(),
            [
                "error[loopback-broker-address]: no broker at `localhost:9092`",
                " --> compose.yml:5:19",
                "  |",
                "2 |   kafka:",
                "  |   ------ the broker",
                "...",
                "5 |     environment: [BROKER]",
                "  |                   ^^^^^^",
                "  |",
                " ::: .env:2:8",
                "  |",
                "2 | BROKER=localhost:9092",
                "  |        -------------- it comes from here",
                "  |",
                "  = not fixed: `kafka` is not on any network of the project",
            ]
        );
    }

    #[test]
    fn neither_a_line_without_a_label_nor_a_value_that_is_no_address_is_shown() {
        let text = "environment:\n  PASSWORD: secret\n  KAFKA: localhost\n  TOKEN: secret\n  ROLE: kafka\n";
        assert_eq!(
            snippet_of(text, &[("localhost", "this"), ("ROLE", "that")]),
            [
                " --> compose.yml:3:10",
                "  |",
                "3 |   KAFKA: localhost",
                "  |          ^^^^^^^^^ this",
                "4 | ...",
                "5 |   ROLE: *****",
                "  |   ---- that",
                "  |",
            ]
        );
    }

    #[test]
    fn every_kind_of_text_is_underlined_where_it_stands() {
        let cases: [(&str, &str, [&str; 3]); 9] = [
            ("a: 1\r\nb: x\r\n", "x", [" --> compose.yml:2:4", "2 | b: x", "  |    ^"]),
            ("a: 1\rb: x\r", "x", [" --> compose.yml:2:4", "2 | b: x", "  |    ^"]),
            ("\u{feff}a: x\n", "x", [" --> compose.yml:1:4", "1 | a: x", "  |    ^"]),
            ("- \tx\n", "x", [" --> compose.yml:1:4", "1 | -     x", "  |       ^"]),
            ("ключ: 鍵 xx # 鍵", "xx", [" --> compose.yml:1:9", "1 | ключ: 鍵 xx # 鍵", "  |          ^^"]),
            ("a: x", "x", [" --> compose.yml:1:4", "1 | a: x", "  |    ^"]),
            ("a:\nb: 1\n", "\nb", [" --> compose.yml:1:3", "1 | a:", "  |   ^"]),
            ("a: x\n", "", [" --> compose.yml:1:1", "1 | a: x", "  | ^"]),
            ("a:\n  b: 1\n  c: 2\n", "b: 1\n  c: 2", [" --> compose.yml:2:3", "2 |   b: 1", "  |   ^^^^"]),
        ];
        for (text, needle, [place, line, underline]) in cases {
            assert_eq!(snippet_of(text, &[(needle, "")]), [place, "  |", line, underline, "  |"], "{text:?}");
        }
    }

    #[test]
    fn the_end_of_a_file_can_be_underlined() {
        for (text, place, line) in [("", "1:1", "1 |"), ("a: 1\n", "2:1", "2 |"), ("a: 1", "1:5", "1 | a: 1")] {
            let mut files = Files::new(Memory::default());
            let file = files.insert("compose.yml".into(), text);
            let end = Label { file, span: Span::empty(text.len()), message: String::new() };
            let shown = render(&[finding(end, Vec::new())], &files, Colour::Never);
            let lines: Vec<_> = shown.lines().collect();
            assert_eq!((lines[1], lines[3]), (format!(" --> compose.yml:{place}").as_str(), line));
        }
    }

    #[test]
    fn a_long_line_is_cut_around_its_label() {
        let text = format!("a: {}localhost{}\n", "x".repeat(100_000), "y".repeat(100_000));
        let shown = snippet_of(&text, &[("localhost", "here")]);
        assert_eq!(shown[0], " --> compose.yml:1:100004");
        assert!(shown[2].starts_with("1 | ...xxx") && shown[2].contains("xlocalhosty") && shown[2].ends_with("yyy..."));
        assert!(shown[2].len() < 150);
    }

    #[test]
    fn nothing_hidden_reaches_the_terminal() {
        let hostile = "x\x1b[2J\u{9b}2J\u{202e}\n";
        let mut files = Files::new(Memory::default());
        let file = files.insert(format!("{hostile}.yml").into(), format!("a: {hostile}"));
        let mut finding = finding(label(&files, file, "x", hostile), Vec::new());
        finding.message = hostile.to_owned();
        finding.help = Some(hostile.to_owned());
        finding.remedy = Remedy::None(Reason::SeveralNetworks(vec!["kafka".to_owned()], vec![hostile.to_owned()]));
        assert_eq!(
            render(&[finding.clone()], &files, Colour::Never).lines().collect::<Vec<_>>(),
            [
                "error[loopback-broker-address]: x␛[2J�2J�␊",
                " --> x␛[2J�2J�␊.yml:1:4",
                "  |",
                "1 | a: x␛[2J�2J�",
                "  |    ^ x␛[2J�2J�␊",
                "  |",
                "  = help: x␛[2J�2J�",
                "  = not fixed: `kafka` is on several networks: `x␛[2J�2J�␊`",
            ]
        );
        let coloured = render(&[finding], &files, Colour::Always);
        assert_eq!(
            coloured.lines().next(),
            Some("\x1b[1m\x1b[91merror[loopback-broker-address]\x1b[0m\x1b[1m: x␛[2J�2J�␊\x1b[0m")
        );
        assert!(!coloured.contains("\x1b[2J"));
    }
}
