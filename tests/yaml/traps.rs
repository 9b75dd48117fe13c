//! Where yaml-rust2 0.13.1 would lead an editor astray, one test for each trap. Places are `line:column`, both from 1.

use composefix::yaml::{CollectionStyle, Document, NodeKind};

use crate::support::{collections, comments, data, leaves, parse, place, rejection};

#[test]
fn trap_01_offsets_are_bytes_where_the_parser_counts_characters() {
    let document = parse("один: 1\nдва: три\n");
    let entry = document.entry(document.roots()[0], "два").expect("an entry");
    let (key, value) = (document.node(entry.key_node).span, document.node(entry.value).span);
    assert_eq!((key.start, key.end), (12, 18));
    assert_eq!((value.start, value.end), (20, 26));
    assert_eq!((document.slice(key), document.slice(value)), ("два", "три"));
}

#[test]
fn trap_02_offsets_stay_right_after_a_block_scalar_that_is_not_ascii() {
    let text = "a: |\n  строка, длиннее шестнадцати знаков\n  ещё одна\nключ: x\n";
    assert_eq!(leaves(text), ["1:1 a", "1:4 |\n  строка, длиннее шестнадцати знаков\n  ещё одна", "4:1 ключ", "4:7 x"]);
}

#[test]
fn trap_03_an_error_has_a_byte_offset_and_no_number_in_its_text() {
    let error = Document::parse("ключ: 1\n  б: 2\n").expect_err("a second colon");
    assert_eq!(error.offset, "ключ: 1\n  б".len());
    assert_eq!(error.to_string(), "a second colon in one entry: put the value in quotes, or check the indentation");
}

#[test]
fn trap_04_a_block_mapping_begins_at_its_first_key() {
    assert_eq!(collections("\n  a: 1\n  b: 2\n"), ["2:3 a: 1\n  b: 2"]);
    assert_eq!(collections("a:\n  b: 1\n"), ["1:1 a:\n  b: 1", "2:3 b: 1"]);
}

#[test]
fn trap_05_a_block_sequence_begins_at_its_dash_indented_or_not() {
    assert_eq!(collections("a:\n  - b\n"), ["1:1 a:\n  - b", "2:3 - b"]);
    assert_eq!(collections("a:\n- b\n"), ["1:1 a:\n- b", "2:1 - b"]);
    let document = parse("a:\n- b\n-\n");
    let list = document.entry(document.roots()[0], "a").expect("an entry").value;
    let dashes: Vec<_> = document.items(list).expect("a list").iter().map(|item| item.dash).collect();
    assert_eq!(dashes, [Some(3), Some(7)]);
}

#[test]
fn trap_06_an_empty_value_is_an_empty_place_behind_its_indicator() {
    let document = parse("a:   # null\n\nb:\n-\n\nc: &x\nd: e\n");
    let root = document.roots()[0];
    let empty = |id| (document.node(id).span.start, document.node(id).span.is_empty());
    let entry = |key| document.entry(root, key).expect("an entry").value;
    assert_eq!(empty(entry("a")), (2, true));
    assert_eq!(empty(document.items(entry("b")).expect("a list")[0].node), (17, true));
    assert_eq!(empty(entry("c")), (24, true));
    assert_eq!(document.anchor_name(entry("c")), Some("x"));
}

#[test]
fn trap_07_a_collection_ends_with_its_last_part() {
    let text = "a:\n  b: 1\n\n  # c\n\nd: [e,\n  f ]  # g\n";
    let whole = "1:1 a:\n  b: 1\n\n  # c\n\nd: [e,\n  f ]";
    assert_eq!(collections(text), [whole, "2:3 b: 1", "6:4 [e,\n  f ]"]);
}

#[test]
fn trap_08_a_block_scalar_begins_at_its_header() {
    let text = "a: |\n  b\nc: >- # d\n   e\n  # f\ng: |\nh: |+\n  i\n\nj: k\n";
    let wanted = ["1:1 a", "1:4 |\n  b", "3:1 c", "3:4 >- # d\n   e", "6:1 g", "6:4 |", "7:1 h", "7:4 |+\n  i\n"];
    assert_eq!(leaves(text)[..8], wanted);
    assert_eq!(data(text), "{a: b\n, c: e, g: , h: i\n\n, j: k}");
}

#[test]
fn trap_09_anchor_names_are_read_from_the_text() {
    let document = parse("a: &base 1\nb: &base 2\nc: *base\nd: !t &кот {}\n");
    let root = document.roots()[0];
    let value = |key| document.entry(root, key).expect("an entry").value;
    assert_eq!(document.anchor_name(value("a")), Some("base"));
    assert_eq!(document.follow(value("c")), value("b"));
    assert_eq!(place(&document, value("c")), "3:4 *base");
    assert_eq!((document.anchor_name(value("d")), document.tag(value("d"))), (Some("кот"), Some("!t")));
}

#[test]
fn trap_10_an_alias_reaches_an_earlier_document_as_in_compose() {
    assert_eq!(data("a: &x 1\n---\nb: *x\n"), "{a: 1} --- {b: 1}");
    assert_eq!(rejection("a: *x\n---\nb: &x 1\n"), "1:4 `*x` is an alias of an anchor that is not defined above it");
}

#[test]
fn trap_11_depth_is_an_error_and_no_crash() {
    assert_eq!(rejection(&"- ".repeat(200_000)), "1:257 nested deeper than 128 levels");
    assert_eq!(rejection(&"[".repeat(200_000)), "1:256 nested deeper than 128 levels");
    assert_eq!(rejection(&"{a: ".repeat(200_000)), "1:1021 nested deeper than 128 levels");
    assert!(Document::parse(format!("{}a", "- ".repeat(128))).is_ok());
}

#[test]
fn trap_12_brackets_may_close_at_the_column_of_their_key() {
    let text = "a:\n  b: [\n  \"c\",\n  'd'\n  ]\n  e: {\n    f: \"g\"\n  }\n";
    assert_eq!(data(text), "{a: {b: [c, d], e: {f: g}}}");
    assert_eq!(
        leaves(text),
        ["1:1 a", "2:3 b", "3:3 \"c\"", "4:3 'd'", "6:3 e", "7:5 f", "7:8 \"g\""],
        "places are those of the text, not of its copy"
    );
    assert_eq!(collections(text)[2..], ["2:6 [\n  \"c\",\n  'd'\n  ]", "6:6 {\n    f: \"g\"\n  }"]);
}

#[test]
fn trap_13_a_quoted_value_may_go_on_left_of_its_key() {
    let text = "a:\n  b: \"c\nd\n  e\"\n  f: 'g\n h'\n";
    assert_eq!(data(text), "{a: {b: c d e, f: g h}}");
    assert_eq!(leaves(text), ["1:1 a", "2:3 b", "2:6 \"c\nd\n  e\"", "5:3 f", "5:6 'g\n h'"]);
}

#[test]
fn trap_14_a_tab_may_follow_a_colon_but_no_dash() {
    assert_eq!(leaves("a:\tb\nc:\t\t\"d\"\n"), ["1:1 a", "1:4 b", "2:1 c", "2:5 \"d\""]);
    assert_eq!(rejection("-\ta\n"), "1:2 YAML does not allow tabs for indentation; use spaces");
}

#[test]
fn trap_15_a_byte_order_mark_belongs_to_no_key() {
    let document = parse("\u{feff}---\na: 1 # b\n");
    let root = document.roots()[0];
    assert_eq!(document.node(root).span.start, 7);
    assert_eq!(document.entries(root).expect("a mapping")[0].key, "a");
    assert_eq!(document.text().len(), 16, "it stays in the text");
    assert_eq!(leaves("\u{feff}a: 1\n"), ["1:1 a", "1:4 1"]);
    assert_eq!(leaves("a: 1\n\u{feff}b: 2\n")[2..], ["2:1 \u{feff}b", "2:4 2"], "later it is a letter");
}

#[test]
fn trap_16_nul_is_refused_and_hides_nothing() {
    assert_eq!(rejection("a: 1\n\0b: 2\n"), "2:1 YAML does not allow the control character U+0000; remove it");
}

#[test]
fn trap_17_a_key_that_stands_twice_is_refused_with_both_places() {
    assert_eq!(
        rejection("a:\n  b: 1\n  b: 2\n"),
        "3:3 the key `b` appears twice in this mapping; remove one | 2:3 first"
    );
}

#[test]
fn trap_18_a_lone_cr_is_a_line_break_and_others_may_stand_in_quotes_alone() {
    assert_eq!(leaves("a: 1\rb: 2\r\nc: 3"), ["1:1 a", "1:4 1", "2:1 b", "2:4 2", "3:1 c", "3:4 3"]);
    assert_eq!(
        leaves("a: 'b\u{85}c'\nd: \"e\u{2028}f\"\n"),
        ["1:1 a", "1:4 'b\u{85}c'", "2:1 d", "2:4 \"e\u{2028}f\""]
    );
    for (text, place, code) in [
        ("a: 1 # b\u{85}c: 2\n", "1:9", "0085"),
        ("a: 'x'\nb: c\u{2028}\n", "2:5", "2028"),
        ("a: |\n  b\u{2029}  c\n", "2:4", "2029"),
    ] {
        let wanted = format!(
            "{place} the invisible character U+{code} ends a line in Compose; replace it with a line break, or put the text in quotes"
        );
        assert_eq!(rejection(text), wanted, "{text:?}");
    }
}

#[test]
fn trap_19_values_are_decoded_and_slices_are_not() {
    let text = "a: \"b\r\n  c\"\r\nd: |\r\n  e\r\n  f\r\n";
    assert_eq!(data(text), "{a: b c, d: e\nf\n}");
    assert_eq!(leaves(text), ["1:1 a", "1:4 \"b\r\n  c\"", "3:1 d", "3:4 |\r\n  e\r\n  f"]);
}

#[test]
fn trap_20_the_first_error_is_told_in_an_authors_words() {
    assert_eq!(rejection("a: @x\nb: @y\n"), "1:4 a plain value cannot begin with `@`; put it in quotes");
}

#[test]
fn trap_21_an_alias_as_key_wants_a_blank_and_a_variable_in_braces_wants_quotes() {
    assert_eq!(data("a: &k b\n*k : 3\n"), "{a: b, b: 3}");
    assert_eq!(
        rejection("a: &k 1\n*k: 3\n"),
        "2:5 expected `key: value`; a colon and a space are missing here or in the line above"
    );
    assert_eq!(
        rejection("a: [ \"${B}\", ${C} ]\n"),
        "1:15 expected `,` or `]`; put a value that contains brackets, braces, commas or `${…}` in quotes"
    );
}

#[test]
fn trap_22_text_is_utf_8_for_the_parser_has_no_decoder() {
    let text = "a: naïve ☃ 🦀 # ©\n";
    assert_eq!(leaves(text), ["1:1 a", "1:4 naïve ☃ 🦀"]);
    assert_eq!(comments(text), ["1:14 # ©"]);
}

#[test]
fn trap_23_the_tags_of_compose_keep_their_spelling() {
    let document = parse("a: !reset []\nb: !override\n  c: 1\nd: !reset null\ne: !!str\n");
    let entries = document.entries(document.roots()[0]).expect("a mapping");
    let tags: Vec<_> = entries.iter().map(|entry| document.tag(entry.value)).collect();
    assert_eq!(tags, [Some("!reset"), Some("!override"), Some("!reset"), Some("!!str")]);
    assert_eq!(place(&document, entries[1].value), "3:3 c: 1");
    let NodeKind::Sequence { style, items } = &document.node(entries[0].value).kind else { panic!("a list") };
    assert_eq!((*style, items.len()), (CollectionStyle::Flow, 0));
}

#[test]
fn trap_24_blanks_at_the_end_of_the_text_bring_a_block_scalar_no_line_break() {
    for (header, end, expected) in [
        ("|", " ", "one\n"),
        ("|", "  ", "one\n"),
        (">", "  ", "one\n"),
        ("|+", "  ", "one\n"),
        ("|-", "  ", "one"),
        ("|", "\n  ", "one\n"),
        ("|+", "\n  ", "one\n\n"),
        ("|", "    ", "one\n  "),
        (">", "    ", "one\n  "),
        ("|-", "    ", "one\n  "),
    ] {
        let text = format!("a: {header}\n  one\n{end}");
        assert_eq!(data(&text), format!("{{a: {expected}}}"), "{text:?}");
    }
}
