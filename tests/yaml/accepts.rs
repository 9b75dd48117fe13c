//! What Docker Compose 2.40.3 accepts is accepted, with the right values and places.

use crate::support::{collections, comments, data, leaves, parse};

#[test]
fn what_compose_reads_is_read_with_the_same_data() {
    let cases = [
        // JSON
        ("{\"a\": [1, \"b\"], \"c\": null}", "{a: [1, b], c: ~}"),
        ("{\n\t\"a\": {\n\t\t\"b\": [1, 2]\n\t}\n}\n", "{a: {b: [1, 2]}}"),
        ("{\"a\": [1, 2,], \"b\": {\"c\": 3,},}", "{a: [1, 2], b: {c: 3}}"),
        ("{\"a\":1,\"b\":[\"c\"]}", "{a: 1, b: [c]}"),
        ("a: {\n\t\"b\": [\n\t\t1,\n\t],\n\t}\n", "{a: {b: [1]}}"),
        // Line ends and byte order mark
        ("a: 1\r\nb:\r\n- c\r\n", "{a: 1, b: [c]}"),
        ("a: 1\rb:\r- c\r", "{a: 1, b: [c]}"),
        ("\u{feff}a: 1\n", "{a: 1}"),
        ("\u{feff}---\na: 1\n", "{a: 1}"),
        ("a: 1", "{a: 1}"),
        // Keys
        ("\"a b\": 1\n'c': 2\n", "{a b: 1, c: 2}"),
        ("a : 1\n", "{a: 1}"),
        ("? a\n: 1\n? b\n", "{a: 1, b: ~}"),
        ("a: &k b\n*k : 1\n", "{a: b, b: 1}"),
        ("{A:x, B: y}", "{A:x: ~, B: y}"),
        ("a: 1\nA: 2\n", "{a: 1, A: 2}"),
        // Indentation
        ("a:\n- b\n- c\nd: e\n", "{a: [b, c], d: e}"),
        ("a:\n b:\n  c: d\n", "{a: {b: {c: d}}}"),
        ("a:\n    b: 1\nc:\n  d: 2\n", "{a: {b: 1}, c: {d: 2}}"),
        ("- - a\n  - b\n-\n  - c\n", "[[a, b], [c]]"),
        ("a: [\n\"b\"\n]\nc: {\n\"d\": e\n}\n", "{a: [b], c: {d: e}}"),
        ("a:\n  b: \"c\nd\"\n", "{a: {b: c d}}"),
        // Tabs that do not indent
        ("a:\tb\nc:\t\"d\"\ne:\t[f,\tg]\n", "{a: b, c: d, e: [f, g]}"),
        ("a: b\t\nc: d \t # e\n", "{a: b, c: d}"),
        ("a: b\n  \t\nc: d\n", "{a: b, c: d}"),
        ("a: \"b\n\tc\"\n", "{a: b c}"),
        // Plain values
        ("a: kafka:9092\n", "{a: kafka:9092}"),
        ("a: PLAINTEXT://k:1,L://:2\n", "{a: PLAINTEXT://k:1,L://:2}"),
        ("- KAFKA_BROKERS\n- A=1\n- B=a b\n", "[KAFKA_BROKERS, A=1, B=a b]"),
        ("a: b#c\nd: #e\nf: g #h\n", "{a: b#c, d: ~, f: g}"),
        ("a: ${B:-c}\n", "{a: ${B:-c}}"),
        ("a: -b\nc: :d\ne: ?f\n", "{a: -b, c: :d, e: ?f}"),
        ("a: b\n  c\n\n  d\n", "{a: b c\nd}"),
        // Quotes and blocks
        ("a: 'it''s'\nb: \"\\u00e9\\n\"\n", "{a: it's, b: é\n}"),
        ("a: |\n  b\n   c\nd: >\n  e\n  f\n", "{a: b\n c\n, d: e f\n}"),
        ("a: |-\n  b\nc: |+\n  d\n\n", "{a: b, c: d\n\n}"),
        ("a: |\n  b", "{a: b}"),
        ("a: |2\n    b\n", "{a:   b\n}"),
        ("a: |2\n   \n", "{a:  \n}"),
        // Anchors, aliases, merges
        ("a: &x {b: 1}\nc: {<<: *x, d: 2}\n", "{a: {b: 1}, c: {d: 2, b: 1}}"),
        ("a: &x {b: 1}\nc: &y {b: 2}\nd:\n  <<: [*x, *y]\n", "{a: {b: 1}, c: {b: 2}, d: {b: 1}}"),
        ("a: &x 1\nb: &x 2\nc: *x\n", "{a: 1, b: 2, c: 2}"),
        ("- A=*x\n", "[A=*x]"),
        // Documents and directives
        ("---\na: 1\n...\n", "{a: 1}"),
        ("a: 1\n---\nb: 2\n", "{a: 1} --- {b: 2}"),
        ("%YAML 1.1\n---\na: 1\n", "{a: 1}"),
        ("# only\n", ""),
        ("", ""),
        // Tags
        ("a: !reset []\nb: !override {c: 1}\nd: !!str 5\n", "{a: [], b: {c: 1}, d: 5}"),
    ];
    for (text, wanted) in cases {
        assert_eq!(data(text), wanted, "{text:?}");
    }
}

#[test]
fn places_count_lines_the_same_for_every_line_break() {
    for line_break in ["\n", "\r\n", "\r"] {
        let text = ["a: 1", "b:", "- 'c", "  d' # e", ""].join(line_break);
        let quoted = format!("3:3 'c{line_break}  d'");
        assert_eq!(leaves(&text), ["1:1 a", "1:4 1", "2:1 b", &quoted], "{text:?}");
        assert_eq!(comments(&text), ["4:6 # e"], "{text:?}");
    }
}

#[test]
fn an_anchor_of_an_earlier_document_stays_usable() {
    let document = parse("a: &x 1\n---\nb: *x\n");
    let entry = document.entry(document.roots()[1], "b").expect("an entry");
    assert_eq!(document.scalar(entry.value), Some("1"));
    assert_eq!(document.slice(document.node(entry.value).span), "*x");
}

#[test]
fn a_collection_spans_from_its_first_part_to_its_last() {
    let text = "a:\n  - b\n  - {c: d} # e\n\nf: [g,\n h]\n";
    let whole = format!("1:1 {}", text.trim_end());
    assert_eq!(collections(text), [whole.as_str(), "2:3 - b\n  - {c: d}", "3:5 {c: d}", "5:4 [g,\n h]"]);
}

#[test]
fn comments_are_found_wherever_they_stand() {
    let text = "# a\nb: # c\n  - d # e\n  # f\n  - [ # g\n    h ] # i\n#j";
    assert_eq!(comments(text), ["1:1 # a", "2:4 # c", "3:7 # e", "4:3 # f", "5:7 # g", "6:9 # i", "7:1 #j"]);
}
