//! Structural edits of YAML in forms that no repair needs.

use composefix::text::{EditSet, TextEdit};
use composefix::yaml::edit::{self, Content, EditError, Edits};
use composefix::yaml::{Document, NodeId};

use crate::sides;

/// Checks an edit of the value of the key `a`, in a diff.
fn check(edit: impl Fn(&Document, NodeId) -> Edits, diff: &str) {
    let (before, after) = sides(diff);
    for ends in ["\n", "\r\n"] {
        let before = before.replace('\n', ends);
        let mut edits = EditSet::default();
        edits.add_all(&edited(&edit, &before).expect("the edit can be written")).expect("its parts do not conflict");
        let result = edits.apply(&before);
        assert_eq!(result, after.replace('\n', ends));
        Document::parse(result).expect("the result parses");
    }
}

fn edited(edit: impl Fn(&Document, NodeId) -> Edits, text: &str) -> Result<Vec<TextEdit>, EditError> {
    let document = Document::parse(text).expect("an example parses");
    let value = document.entry(document.roots()[0], "a").expect("an example has a key `a`").value;
    edit(&document, value)
}

/// Checks that the value of `a` loses its child of this number.
fn check_removals(index: usize, diffs: &[&str]) {
    for diff in diffs {
        check(|document, node| edit::remove_child(document, node, index), diff);
    }
}

#[test]
fn a_child_of_a_block_goes_with_its_lines_and_comments() {
    check_removals(
        0,
        &[
            "
 a:
-  b: 1  # one
   c: 2
",
            "
 a:
   # above
-  b:
-    d: 1
-    # deeper
   # about c
   c: 2
",
        ],
    );
    check_removals(
        1,
        &[
            "
 a:
   - b
-  - c
 d: 1
",
            "
 a:
   - b
-  - c: 1
-    d: 2
",
            "
 a:
   b: |
     text
-  c: 2
-    # deeper
 d: 1
",
            "
 a:
   b: |+
     text
 
-  c: |+
-    text
-
   d: 1
",
        ],
    );
}

#[test]
fn a_child_in_brackets_goes_with_its_comma() {
    check_removals(
        0,
        &[
            "
-a: [b, c]
+a: [c]
",
            "
 a: [
-  b, # one, first
   # about c
   c
 ]
",
            "
-a: [ b, # one
-  # about c
-  c ]
+a: [ # about c
+  c ]
",
            "
 a: [
-  b
-  , c
+   c
 ]
",
        ],
    );
    check_removals(
        1,
        &[
            "
-a: {b: 1, c: 2 }
+a: {b: 1 }
",
            "
-a: [b, c,]
+a: [b,]
",
            "
 a: [
-  b, # one, first
-  c  # two
+  b # one, first
 ]
",
            "
 a: [
   b, # one
-  c, # two
 ]
",
            r#"
 a: {
-  "b": 1,
-  "c": [
-    2
-  ]
+  "b": 1
 }
"#,
            "
-a: [b, # one
-  c]
+a: [b # one
+]
",
        ],
    );
}

#[test]
fn what_stands_below_the_first_child_takes_its_place_behind_a_dash() {
    let remove = |document: &Document, node| {
        edit::remove_child(document, document.items(node).expect("an example has a list")[0].node, 0)
    };
    for diff in [
        "
 a:
-  - b: 1  # one
-    c: 2
+  - c: 2
",
        "
 a:
-  - b: |
-      text
-
-    # about c
+  - # about c
     c: 2
",
        "
 a:
-  - - b
-    - c
+  - - c
",
    ] {
        check(remove, diff);
    }
}

#[test]
fn the_only_child_is_not_removed() {
    assert_eq!(edited(|document, node| edit::remove_child(document, node, 0), "a: [b]\n"), Err(EditError::OnlyEntry));
    assert_eq!(edited(|document, node| edit::remove_child(document, node, 1), "a: [b]\n"), Err(EditError::WrongKind));
    assert_eq!(edited(|document, node| edit::remove_child(document, node, 0), "a: b\n"), Err(EditError::WrongKind));
}

#[test]
fn the_ends_of_the_text_stay_as_they_are() {
    for (text, index, expected) in [
        // Without the last line break the text of `a` would lose its own.
        ("a: |\n  text\nb: 2", 1, "a: |\n  text\n"),
        ("\u{feff}a: 1\nb: 2\n", 0, "\u{feff}b: 2\n"),
    ] {
        let document = Document::parse(text).expect("it parses");
        let mut edits = EditSet::default();
        let removal = edit::remove_child(&document, document.roots()[0], index).expect("there are two");
        edits.add_all(&removal).expect("it is one edit");
        assert_eq!(edits.apply(text), expected);
    }
}

#[test]
fn an_anchor_stands_behind_the_colon() {
    let anchor = |document: &Document, node| edit::add_anchor(document, node, "x");
    check(
        anchor,
        "
-a: 1 # one
+a: &x 1 # one
",
    );
    check(
        anchor,
        "
-a:  # a map
+a: &x  # a map
   b: 1
",
    );
    check(
        anchor,
        "
-a: !!map {b: 1}
+a: &x !!map {b: 1}
",
    );
    check(
        anchor,
        "
-a :
+a : &x
   - 1
",
    );
    assert_eq!(edited(anchor, "a: &y 1\n"), Err(EditError::Marked));
    assert_eq!(edited(anchor, "b: &y 1\na: *y\n"), Err(EditError::WrongKind));
}

#[test]
fn entries_go_where_they_are_wanted() {
    let second = |document: &Document, node| {
        edit::add_entries(document, node, Some(0), &[("new".to_owned(), Content::text("text"))])
    };
    check(
        second,
        "
 a:
   b: c
+  new: text
   c: d
",
    );
    check(
        second,
        "
-a: {b: c, c: d}
+a: {b: c, new: text, c: d}
",
    );
    check(
        second,
        "
 a: {
   b: c, # one
+  new: text,
   c: d
 }
",
    );
    check(
        second,
        "
 a: {
-  b: c, c: d
+  b: c, new: text, c: d
 }
",
    );
}

#[test]
fn an_item_after_an_empty_one_keeps_its_distance_from_the_dash() {
    let append = |document: &Document, node| edit::append_items(document, node, &["x".to_owned()]);
    check(
        append,
        "
 a:
   - b
   -
+  - x
",
    );
}

#[test]
fn what_an_edit_cannot_change_is_refused() {
    let add =
        |document: &Document, node| edit::add_entries(document, node, None, &[("n".to_owned(), Content::Number(1))]);
    let append = |document: &Document, node| edit::append_items(document, node, &["x".to_owned()]);
    let replace = |document: &Document, node| edit::replace_value(document, node, "x");
    let to_map = |document: &Document, node| {
        edit::list_to_map(document, node, |item| (item.to_owned(), Content::Number(1)), &[])
    };
    let merge = |document: &Document, node| edit::replace_alias(document, node, &[edit::merge_entry("x")]);
    assert_eq!(edited(add, "a: text\n"), Err(EditError::WrongKind));
    assert_eq!(edited(add, "a: &x\n"), Err(EditError::Marked));
    assert_eq!(edited(add, "a: {b: 2\n  - }\n"), Err(EditError::WrongKind));
    assert_eq!(edited(add, "a: {b: c - }\n"), Err(EditError::WrongKind));
    assert_eq!(edited(append, "a: {}\n"), Err(EditError::WrongKind));
    assert_eq!(edited(replace, "a: [b]\n"), Err(EditError::WrongKind));
    assert_eq!(edited(replace, "a: !x\n"), Err(EditError::Marked));
    assert_eq!(edited(to_map, "a: {}\n"), Err(EditError::WrongKind));
    assert_eq!(edited(to_map, "a: [[b]]\n"), Err(EditError::WrongKind));
    assert_eq!(edited(to_map, "a: [&x b]\n"), Err(EditError::Marked));
    assert_eq!(edited(to_map, "a:\n- | # b\n- c\n"), Err(EditError::WrongKind));
    assert_eq!(edited(to_map, "a: [b\n  c]\n"), Err(EditError::WrongKind));
    assert_eq!(edited(merge, "a: text\n"), Err(EditError::WrongKind));
}
