//! Structural edits of YAML that no repair above needs in every form.

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

#[test]
fn a_child_is_removed_with_the_comment_on_its_line() {
    let remove = |index| move |document: &Document, node| edit::remove_child(document, node, index);
    check(
        remove(0),
        "
 a:
-  b: 1  # one
   c: 2
",
    );
    check(
        remove(1),
        "
 a:
   - b
-  - c
 d: 1
",
    );
    check(
        remove(1),
        "
 a:
   - b
-  - c: 1
-    d: 2
",
    );
    check(
        remove(0),
        "
-a: [b, c]
+a: [c]
",
    );
    check(
        remove(1),
        "
-a: {b: 1, c: 2 }
+a: {b: 1 }
",
    );
    check(
        remove(0),
        "
 a: [
-  b,
-  c
+  c
 ]
",
    );
}

#[test]
fn the_only_child_is_not_removed() {
    assert_eq!(edited(|document, node| edit::remove_child(document, node, 0), "a: [b]\n"), Err(EditError::OnlyEntry));
    assert_eq!(edited(|document, node| edit::remove_child(document, node, 1), "a: [b]\n"), Err(EditError::WrongKind));
    assert_eq!(edited(|document, node| edit::remove_child(document, node, 0), "a: b\n"), Err(EditError::WrongKind));
}

#[test]
fn the_last_line_goes_with_the_line_break_before_it() {
    let document = Document::parse("a:\n  b: 1\n  c: 2").expect("it parses");
    let value = document.entry(document.roots()[0], "a").expect("it has the key").value;
    let mut edits = EditSet::default();
    edits.add_all(&edit::remove_child(&document, value, 1).expect("there are two")).expect("it is one edit");
    assert_eq!(edits.apply(document.text()), "a:\n  b: 1");
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
fn what_an_edit_cannot_change_is_refused() {
    let add =
        |document: &Document, node| edit::add_entries(document, node, None, &[("n".to_owned(), Content::Number(1))]);
    let append = |document: &Document, node| edit::append_item(document, node, "x");
    let replace = |document: &Document, node| edit::replace_value(document, node, "x");
    let to_map = |document: &Document, node| edit::list_to_map(document, node, |_| Content::Number(1), &[]);
    let merge = |document: &Document, node| edit::replace_alias(document, node, &[edit::merge_entry("x")]);
    assert_eq!(edited(add, "a: text\n"), Err(EditError::WrongKind));
    assert_eq!(edited(add, "a: &x\n"), Err(EditError::Marked));
    assert_eq!(edited(append, "a: {}\n"), Err(EditError::WrongKind));
    assert_eq!(edited(replace, "a: [b]\n"), Err(EditError::WrongKind));
    assert_eq!(edited(replace, "a: !x\n"), Err(EditError::Marked));
    assert_eq!(edited(to_map, "a: {}\n"), Err(EditError::WrongKind));
    assert_eq!(edited(to_map, "a: [[b]]\n"), Err(EditError::WrongKind));
    assert_eq!(edited(to_map, "a: [&x b]\n"), Err(EditError::Marked));
    assert_eq!(edited(merge, "a: text\n"), Err(EditError::WrongKind));
}
