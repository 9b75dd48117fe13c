//! Changes to a text, as data.

use std::cmp::Reverse;

use crate::text::Span;

/// Puts `replacement` in the place of the bytes in `span`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TextEdit {
    /// The bytes to replace; empty for an insertion.
    pub span: Span,
    /// The new text.
    pub replacement: String,
}

impl TextEdit {
    /// Replaces the bytes of `span`.
    #[must_use]
    pub fn replace(span: Span, replacement: impl Into<String>) -> Self {
        Self { span, replacement: replacement.into() }
    }

    /// Inserts before the byte at `offset`.
    #[must_use]
    pub fn insert(offset: usize, text: impl Into<String>) -> Self {
        Self::replace(Span::empty(offset), text)
    }

    /// Removes the bytes of `span`.
    #[must_use]
    pub fn delete(span: Span) -> Self {
        Self::replace(span, "")
    }

    /// Two edits conflict if the order in which they are made would matter: they overlap, or insert at one place. An insertion next to a
    /// replacement does not conflict, and neither do lines with different indentations.
    fn conflicts_with(&self, other: &Self) -> bool {
        let (a, b) = (self.span, other.span);
        let has_order = || self.indentation().zip(other.indentation()).is_some_and(|(a, b)| a != b);
        a.start < b.end && b.start < a.end || a.is_empty() && a == b && !has_order()
    }

    /// The place among the edits of a text. Of lines that are inserted at one place, those indented most continue what ends there, so they
    /// come first.
    fn position(&self) -> (Span, Reverse<Option<usize>>) {
        (self.span, Reverse(self.indentation()))
    }

    /// The spaces before the first of the lines that are inserted after a line; `None` for any other edit.
    fn indentation(&self) -> Option<usize> {
        let lines = self.replacement.strip_prefix("\r\n").or_else(|| self.replacement.strip_prefix('\n'))?;
        self.span.is_empty().then_some(())?;
        Some(lines.len() - lines.trim_start_matches(' ').len())
    }
}

/// Edits of one text that do not conflict, in the order of their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EditSet {
    edits: Vec<TextEdit>,
}

/// The error of [`EditSet::add_all`] for an edit that conflicts with one in the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the edit conflicts with one that was chosen before")]
pub struct Conflict;

impl EditSet {
    /// Adds all of `edits`, or none. An edit that is already in the set counts as added.
    ///
    /// # Errors
    /// [`Conflict`] if one of them conflicts with an edit of the set, or with another of its own kind.
    pub fn add_all(&mut self, edits: &[TextEdit]) -> Result<(), Conflict> {
        if !self.accepts(edits) {
            return Err(Conflict);
        }
        for edit in edits {
            let at = self.edits.partition_point(|other| other.position() < edit.position());
            if self.edits.get(at) != Some(edit) {
                self.edits.insert(at, edit.clone());
            }
        }
        Ok(())
    }

    /// Whether [`Self::add_all`] would add all of `edits`.
    #[must_use]
    pub fn accepts(&self, edits: &[TextEdit]) -> bool {
        let mut sorted: Vec<&TextEdit> = edits.iter().collect();
        sorted.sort_unstable_by_key(|edit| (edit.position(), *edit));
        sorted.dedup();
        sorted.windows(2).all(|pair| !pair[0].conflicts_with(pair[1]))
            && edits.iter().all(|edit| self.accepts_one(edit))
    }

    /// Only the edits at the place of an edit, and its neighbors, can conflict with it.
    fn accepts_one(&self, edit: &TextEdit) -> bool {
        let from = self.edits.partition_point(|other| other.span < edit.span);
        let to = self.edits.partition_point(|other| other.span <= edit.span);
        let near = &self.edits[from.saturating_sub(2)..self.edits.len().min(to + 2)];
        near.iter().all(|other| other == edit || !other.conflicts_with(edit))
    }

    /// The edits, sorted and disjoint.
    #[must_use]
    pub fn as_slice(&self) -> &[TextEdit] {
        &self.edits
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// The text after all edits. Spans must lie inside `text`.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + self.edits.iter().map(|e| e.replacement.len()).sum::<usize>());
        let mut done = 0;
        for TextEdit { span, replacement } in &self.edits {
            out.push_str(&text[done..span.start]);
            out.push_str(replacement);
            done = span.end;
        }
        out.push_str(&text[done..]);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(edits: &[TextEdit]) -> Result<EditSet, Conflict> {
        let mut set = EditSet::default();
        set.add_all(edits).map(|()| set)
    }

    #[test]
    fn edits_apply_in_the_order_of_their_places() {
        let edits =
            [TextEdit::insert(5, "!"), TextEdit::replace(Span::new(0, 1), "H"), TextEdit::delete(Span::new(2, 3))];
        assert_eq!(set(&edits).map(|s| s.apply("hello")), Ok("Helo!".to_owned()));
    }

    #[test]
    fn a_conflict_adds_nothing() {
        let mut edits = set(&[TextEdit::replace(Span::new(2, 4), "x")]).expect("one edit never conflicts");
        let before = edits.clone();
        assert_eq!(edits.add_all(&[TextEdit::insert(9, "ok"), TextEdit::delete(Span::new(3, 5))]), Err(Conflict));
        assert_eq!(edits, before);
    }

    #[test]
    fn two_insertions_at_one_place_conflict_unless_they_are_the_same() {
        assert_eq!(set(&[TextEdit::insert(1, "a"), TextEdit::insert(1, "b")]), Err(Conflict));
        assert_eq!(
            set(&[TextEdit::insert(1, "a"), TextEdit::insert(1, "a")]).map(|s| s.apply("xy")),
            Ok("xay".to_owned())
        );
    }

    #[test]
    fn of_lines_inserted_at_one_place_those_indented_most_come_first() {
        let (key, entry) = (TextEdit::insert(3, "\nkey:"), TextEdit::insert(3, "\n  c: 3"));
        for edits in [[key.clone(), entry.clone()], [entry.clone(), key]] {
            assert_eq!(set(&edits).map(|s| s.apply("map")), Ok("map\n  c: 3\nkey:".to_owned()));
        }
        assert_eq!(set(&[entry, TextEdit::insert(3, "\n  d: 4")]), Err(Conflict));
    }

    #[test]
    fn an_insertion_beside_a_replacement_does_not_conflict_but_inside_it_does() {
        let beside = [TextEdit::insert(2, "<"), TextEdit::replace(Span::new(2, 4), "x"), TextEdit::insert(4, ">")];
        assert_eq!(set(&beside).map(|s| s.apply("aabbcc")), Ok("aa<x>cc".to_owned()));
        assert_eq!(set(&[TextEdit::replace(Span::new(2, 4), "x"), TextEdit::insert(3, "!")]), Err(Conflict));
    }

    #[test]
    fn neighboring_replacements_do_not_conflict() {
        let edits = [TextEdit::replace(Span::new(0, 2), "A"), TextEdit::replace(Span::new(2, 4), "B")];
        assert_eq!(set(&edits).map(|s| s.apply("aabb")), Ok("AB".to_owned()));
    }
}
