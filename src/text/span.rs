//! A place in a text.

use std::ops::Range;

/// A half-open range of byte offsets in one file: `start` is inside, `end` is not.
///
/// Offsets are 0-based and count the bytes of the file on disk, including a byte order mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes from `start` up to, but not including, `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end);
        Self { start, end }
    }

    /// The empty span before the byte at `offset`.
    #[must_use]
    pub const fn empty(offset: usize) -> Self {
        Self::new(offset, offset)
    }

    /// The number of bytes.
    #[must_use]
    pub const fn len(self) -> usize {
        self.end - self.start
    }

    /// Whether no byte lies inside.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Whether every byte of `other` lies inside.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// The same bytes counted from `offset` bytes earlier, as when a span of a part becomes a span of the whole.
    #[must_use]
    pub const fn shifted_by(self, offset: usize) -> Self {
        Self::new(self.start + offset, self.end + offset)
    }

    /// The span as an index into a `str`.
    #[must_use]
    pub const fn range(self) -> Range<usize> {
        self.start..self.end
    }
}
