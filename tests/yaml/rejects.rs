//! What Docker Compose 2.40.3 rejects as YAML is rejected, at the right place and in words that help.

use crate::support::rejection;

const TAB: &str = "YAML does not allow tabs for indentation; use spaces";

#[test]
fn tabs_cannot_indent() {
    let cases = [
        ("a:\n\tb: 1\n", "2:1"),
        ("\ta: 1\n", "1:1"),
        ("a: b\n\tc: d\n", "2:1"),
        ("a: b\n\n \n\tc\n", "4:1"),
        ("a: 1\n\t\nb: 2\n", "2:1"),
        ("a: 'b'\n  \t\nc: d\n", "2:3"),
        ("a: 1\n\t# c\nb: 2\n", "2:1"),
        ("a:\n  - b\n\t- c\n", "3:1"),
        ("a:\n\tb:\n\t\tc: d\n", "2:1"),
        ("a:\r\n  b:\r\n  \tc:\r\n  \t\td: e\r\n", "3:3"),
        ("a: |\n\tb\n", "2:1"),
        ("-\ta: b\n", "1:2"),
        ("a: [b,\n c\n\t]\n", "3:1"),
        ("a: {b: c\n\t}\n", "2:1"),
    ];
    for (text, place) in cases {
        assert_eq!(rejection(text), format!("{place} {TAB}"), "{text:?}");
    }
}

#[test]
fn a_key_that_stands_twice_is_shown_with_both_places() {
    let cases = [
        ("a: 1\nb: 2\na: 3\n", "3:1 the key `a` appears twice in this mapping; remove one | 1:1 first"),
        ("é:\n  A: 1\n  \"A\": 2\n", "3:3 the key `A` appears twice in this mapping; remove one | 2:3 first"),
        ("{a: 1, a: 2}", "1:8 the key `a` appears twice in this mapping; remove one | 1:2 first"),
        (
            "a: &x {}\nb:\n  <<: *x\n  <<: *x\n",
            "4:3 the key `<<` appears twice in this mapping; remove one | 3:3 first",
        ),
    ];
    for (text, wanted) in cases {
        assert_eq!(rejection(text), wanted, "{text:?}");
    }
}

#[test]
fn a_key_must_be_text() {
    let cases = [
        ("5: a\n", "1:1 the key `5` is not a string; put it in quotes"),
        ("a: {true: b}\n", "1:5 the key `true` is not a string; put it in quotes"),
        ("~: a\n", "1:1 an entry without a key"),
        (": a\n", "1:1 an entry without a key"),
        ("? [a]\n: b\n", "1:3 a key must be a string, not a list or a mapping"),
        ("- [? ],]\n", "1:4 a `?` without a key"),
    ];
    for (text, wanted) in cases {
        assert_eq!(rejection(text), wanted, "{text:?}");
    }
}

#[test]
fn a_merge_takes_mappings() {
    for text in ["<<: a\n", "<<:\n", "a: &x [b]\n<<: *x\n", "a: &x 1\n<<: [*x]\n"] {
        assert!(rejection(text).ends_with(":1 `<<` requires a mapping or a list of mappings"), "{text:?}");
    }
}

#[test]
fn a_plain_value_that_begins_with_an_indicator_wants_quotes() {
    let cases = [
        ("a: @b", '@'),
        ("a: `b`", '`'),
        ("a: %b", '%'),
        ("a: ]", ']'),
        ("a: }", '}'),
        ("a: , b", ','),
        ("a: [>b]", '>'),
    ];
    for (text, sign) in cases {
        let column = text.find(sign).unwrap_or_default() + 1;
        let wanted = format!("1:{column} a plain value cannot begin with `{sign}`; put it in quotes");
        assert_eq!(rejection(text), wanted, "{text:?}");
    }
}

#[test]
fn a_value_with_a_colon_too_many_wants_quotes() {
    let wanted = "a second colon in one entry: put the value in quotes, or check the indentation";
    for (text, place) in [("a: b: c\n", "1:5"), ("a: kafka:9092:\n", "1:14"), ("a: b\n  c: d\n", "2:4")] {
        assert_eq!(rejection(text), format!("{place} {wanted}"), "{text:?}");
    }
}

#[test]
fn every_other_error_says_what_is_missing() {
    let cases = [
        ("%YAML 1.2\n---\na: 1\n", "1:1 Compose reads YAML 1.1 and rejects this directive; remove it"),
        ("a: 1\n...\nb: 2\n", "3:1 a second document begins here; composefix reads files with one document"),
        ("a: *b\n", "1:4 `*b` is an alias of an anchor that is not defined above it"),
        ("a: *b\nc: &b 1\n", "1:4 `*b` is an alias of an anchor that is not defined above it"),
        ("a: &b [*b]\n", "1:8 `*b` is inside the node to which it refers"),
        ("a: b\nc\n", "2:1 expected `key: value`; a colon and a space are missing here or in the line above"),
        ("a:\n  b: 1\n c: 2\n", "3:3 expected a key of the mapping above; check the indentation of this line"),
        ("a:\n  - b\n  c: d\n", "3:3 expected `- ` or the end of the list above; check the indentation of this line"),
        ("a: - b\n", "1:4 a list cannot begin here; put it on its own lines, or put the value in quotes"),
        ("a: [b c: d, e\n", "1:13 the file ends here inside brackets or braces: a `]` or `}` is missing"),
        ("a:\n  b: {c: [d,\n\n", "2:12 the file ends here inside brackets or braces: a `]` or `}` is missing"),
        ("a: *\n", "1:4 a name is missing after `*` or `&`; put a value that begins with one of them in quotes"),
        (
            "a: {b: ${C}}\n",
            "1:9 expected `,` or `}`; put a value that contains brackets, braces, commas or `${…}` in quotes",
        ),
        ("a: 'b\n", "1:4 this quote is not closed"),
        ("a: \"b\n---\nc: \"d\"\n", "1:4 a document marker inside quotes: this quote is not closed"),
        ("a: \"b\" c\n", "1:8 nothing can follow the closing quote; put the whole value in quotes"),
        ("a: \"\\d\"\n", "1:4 unknown escape in double quotes; write `\\\\` for a backslash, or use single quotes"),
        ("a: \"\\ud800\"\n", "1:4 unknown escape in double quotes; write `\\\\` for a backslash, or use single quotes"),
        (
            "a: |x\n",
            "1:4 only `+` or `-`, a digit from 1, and a comment can follow `|` or `>`; put other text in quotes",
        ),
        ("a: >\n    \n  b\n c\n", "3:3 this line is indented less than its block of text"),
        ("a: !b{}\n", "1:4 `!` begins a tag, but this is not a tag; put a value that begins with `!` in quotes"),
        ("a: !b!c d\n", "1:4 `!` begins a tag, but this is not a tag; put a value that begins with `!` in quotes"),
        ("a: ? b\n", "1:4 a `?` that does not begin a key; put a value that begins with it in quotes"),
        ("% a\n---\nb: c\n", "1:2 a line that begins with `%` is a directive, and this one is unknown; remove it"),
        ("a: 1\n... b\n", "2:5 nothing can follow `...` on its line"),
        ("[a]\nb: c\n", "2:2 the text above is complete, so nothing can follow it; check its indentation and brackets"),
        ("a: [b\n: c]\n", "2:1 a colon that does not end a key; put a value that contains it in quotes"),
        ("a: 1\nb\u{7}: 2\n", "2:2 YAML does not allow the control character U+0007; remove it"),
    ];
    for (text, wanted) in cases {
        assert_eq!(rejection(text), wanted, "{text:?}");
    }
}
