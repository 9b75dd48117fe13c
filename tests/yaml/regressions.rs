//! What mutated texts and Docker Compose once found: each test is one bug.

use crate::laws;
use crate::support::{collections, data, leaves, parse, place, rejection};

#[test]
fn a_pair_in_brackets_may_have_a_flow_map_beside_it() {
    assert_eq!(collections("[a: b, {c: d}]"), ["1:1 [a: b, {c: d}]", "1:2 a: b", "1:8 {c: d}"]);
    assert_eq!(rejection("[{a: b}: c]"), "1:2 a key must be a string, not a list or a mapping");
}

#[test]
fn a_colon_that_begins_a_key_is_no_indicator() {
    assert_eq!(leaves("? a\n:b: c\n"), ["1:3 a", "2:1 :b", "2:5 c"]);
    assert_eq!(data("? a\n:b: c\n"), "{a: ~, :b: c}");
}

#[test]
fn a_block_scalar_in_column_one_ends_at_a_document_end() {
    assert_eq!(leaves("--- |\na\n...\n"), ["1:5 |\na"]);
}

#[test]
fn a_block_scalar_may_be_blank_beyond_its_indentation() {
    assert_eq!(leaves("a: |2\n   \nb: c\n"), ["1:1 a", "1:4 |2\n   ", "3:1 b", "3:4 c"]);
}

#[test]
fn quotes_do_not_reach_over_a_document_marker() {
    for marker in ["---", "..."] {
        let text = format!("a: \"b\n{marker}\nc\"\n");
        assert_eq!(rejection(&text), "1:4 a document marker inside quotes: this quote is not closed");
    }
}

#[test]
fn a_byte_order_mark_within_a_line_takes_a_column() {
    assert_eq!(collections("a\u{feff}: {b: c}\n")[1..], ["1:4 {b: c}"]);
}

#[test]
fn a_comment_may_touch_a_colon_in_brackets() {
    let document = parse("{\"a\":#b\n}");
    assert_eq!(laws::check(&document), Ok(()));
    assert_eq!(document.slice(document.comments()[0]), "#b");
}

#[test]
fn a_question_mark_without_a_key_is_refused() {
    for text in ["[? ],]", "[? : :[b]]"] {
        assert_eq!(rejection(text), "1:2 a `?` without a key", "{text:?}");
    }
}

#[test]
fn a_comment_behind_a_tab_does_not_join_two_lines() {
    assert_eq!(rejection("a: b\n\t# c\n  d\n"), "2:1 YAML does not allow tabs for indentation; use spaces");
}

#[test]
fn a_pair_in_brackets_has_no_brackets_in_its_value_for_the_parser_misreads_them() {
    for text in ["[a: {b, c}]", "[a:{: },}]"] {
        let wanted = format!(
            "1:{} put braces around a pair in brackets whose value has brackets: `[{{a: [b]}}]`",
            text.find('{').unwrap_or(0) + 1
        );
        assert_eq!(rejection(text), wanted, "{text:?}");
    }
    assert_eq!(data("[{a: {b, c}}]"), "[{a: {b: ~, c: ~}}]");
}

#[test]
fn a_tab_may_stand_before_the_last_bracket() {
    assert_eq!(collections("a: {\n\tb: c,\n\t}\n")[1..], ["1:4 {\n\tb: c,\n\t}"]);
}

#[test]
fn a_text_without_a_final_line_break_adds_none_to_its_block_scalar() {
    assert_eq!(data("a: |\n  b"), "{a: b}");
    assert_eq!(data("a: |\n  b\n"), "{a: b\n}");
}

#[test]
fn a_tab_does_not_indent_a_line_of_a_block_scalar() {
    for text in ["a: |\n  b\n\tc\n", "a: >\n  b\n\tc", "- |\n\n\tb\n", "- |1\n\n\tb\n"] {
        assert_eq!(rejection(text), "3:1 YAML does not allow tabs for indentation; use spaces", "{text:?}");
    }
    assert_eq!(rejection("a: |\n  \tb\n"), "2:3 YAML does not allow tabs for indentation; use spaces");
    assert_eq!(data("a: |2\n  \tb\n  c\td\n"), "{a: \tb\nc\td\n}");
}

#[test]
fn a_verbatim_tag_ends_at_its_bracket() {
    assert_eq!(leaves("[!<a>,b]"), ["1:7 b"]);
    let document = parse("- !<a,b> c\n");
    let item = document.items(document.roots()[0]).expect("a list")[0].node;
    assert_eq!(document.tag(item), Some("!<a,b>"));
}

#[test]
fn a_key_in_brackets_does_not_span_lines() {
    assert_eq!(rejection("{\"a\"\n: b}"), "1:2 a key and its colon must be on one line");
    assert_eq!(data("{? \"a\"\n: b}"), "{a: b}");
}

#[test]
fn a_merge_may_name_a_list_of_mappings_by_an_alias() {
    let document = parse("a: &x {b: 1}\nc: &y [*x, {d: 2}]\ne:\n  <<: *y\n");
    let merging = document.entry(document.roots()[0], "e").expect("an entry").value;
    let merged: Vec<_> = document
        .entries(merging)
        .expect("a mapping")
        .into_iter()
        .map(|entry| {
            let through: Vec<_> = entry.merged_through.iter().map(|&alias| place(&document, alias)).collect();
            (entry.key, through.join(", "))
        })
        .collect();
    assert_eq!(merged, [("b", "4:7 *y, 2:8 *x".to_owned()), ("d", "4:7 *y".to_owned())]);
}

#[test]
fn a_comment_may_touch_a_bracket_a_quote_a_comma_and_a_block_header() {
    for (text, meaning) in [
        ("a: [b]#c\nd: e\n", "{a: [b], d: e}"),
        ("a: {b: c}#c\n", "{a: {b: c}}"),
        ("a: \"b\"#c\nd: 'e'#f\n", "{a: b, d: e}"),
        ("a: [b,#c\n  d]\n", "{a: [b, d]}"),
        ("a: [#c\n  d]\n", "{a: [d]}"),
        ("a: |#c\n  b\n", "{a: b\n}"),
    ] {
        let document = parse(text);
        assert_eq!(data(text), meaning, "{text:?}");
        assert_eq!(laws::check(&document), Ok(()), "{text:?}");
        assert!(document.comments().iter().any(|&comment| document.slice(comment) == "#c"), "{text:?}");
    }
}

#[test]
fn an_escaped_apostrophe_is_one_and_an_escaped_slash_is_not() {
    assert_eq!(
        data("a: \"sh -c \\'b\\' \\\\'\"\nc: 'x\\'\nd: [\"\\'\", \"\\x07\"]\n"),
        "{a: sh -c 'b' \\', c: x\\, d: [', \u{7}]}"
    );
    assert_eq!(
        rejection("a: \"b\\/c\"\n"),
        "1:6 unknown escape in double quotes; write `\\\\` for a backslash, or use single quotes"
    );
}

#[test]
fn a_block_scalar_without_lines_is_empty() {
    for (text, meaning) in [
        ("a: |\n", "{a: }"),
        ("a: |", "{a: }"),
        ("a: |+\n", "{a: }"),
        ("a: |\n\n\nb: c\n", "{a: , b: c}"),
        ("a: |+\n\n\nb: c\n", "{a: \n\n, b: c}"),
        ("a: >\nb: c\n", "{a: , b: c}"),
        ("a: |\n    \n", "{a: }"),
    ] {
        assert_eq!(data(text), meaning, "{text:?}");
    }
}

#[test]
fn a_tag_of_a_type_suits_its_value() {
    assert_eq!(
        parse("a: !!binary bG9jYWxob3N0\n").values()[0].get("a").and_then(|value| value.as_text()),
        Some("localhost")
    );
    for (text, tag) in
        [("a: !!binary \"*\"\n", "!!binary"), ("a: !!int kafka\n", "!!int"), ("a: !!bool yes\n", "!!bool")]
    {
        let wanted = format!("1:4 the value is not of the type `{tag}` of its tag; remove the tag");
        assert_eq!(rejection(text), wanted, "{text:?}");
    }
}
