//! Maps a value back to the bytes of the file.

use crate::compose::interpolation::{Interpolated, Piece, PieceSource};
use crate::text::Span;

/// A value before interpolation, with its place in the file.
#[derive(Default)]
pub(super) struct Written {
    pub(super) text: String,
    /// For each byte of the text the offset in the file of what it was written as, be it a character or an escape; one more for
    /// the end.
    pub(super) origins: Vec<usize>,
}

impl Written {
    /// A value that is the same as the text of the file from `start` on.
    pub(super) fn verbatim(text: &str, start: usize) -> Self {
        Self { text: text.to_owned(), origins: (start..=start + text.len()).collect() }
    }

    /// Adds the character at `origin` in the file.
    pub(super) fn push(&mut self, c: char, origin: usize) {
        self.text.push(c);
        self.origins.extend(origin..origin + c.len_utf8());
    }

    /// Adds the meaning of the escape at `origin` in the file.
    fn push_escape(&mut self, text: &str, origin: usize) {
        self.text.push_str(text);
        self.origins.resize(self.text.len(), origin);
    }

    /// The text with its escapes replaced, as between double quotes.
    pub(super) fn unescaped(&self) -> Self {
        let mut out = Self::default();
        let mut at = 0;
        while let Some(c) = self.text[at..].chars().next() {
            let origin = self.origins[at];
            if let Some((length, meaning)) = escape(&self.text[at..]) {
                out.push_escape(&meaning, origin);
                at += length;
            } else {
                out.push(c, origin);
                at += c.len_utf8();
            }
        }
        out.origins.push(self.origins[at]);
        out
    }

    /// The value where nothing is interpolated.
    pub(super) fn uninterpolated(&self) -> Interpolated {
        let source = PieceSource::Literal(Span::new(0, self.text.len()));
        self.locate(Interpolated::from_pieces(vec![Piece { text: self.text.clone(), source }]))
    }

    /// The same value with its spans counted in the file.
    pub(super) fn locate(&self, value: Interpolated) -> Interpolated {
        let pieces = value.pieces.into_iter().flat_map(|piece| self.locate_piece(piece)).collect();
        Interpolated { text: value.text, pieces }
    }

    /// Splits a piece so that each part is either written as it reads or in escapes.
    fn locate_piece(&self, mut piece: Piece) -> Vec<Piece> {
        let Span { start, end } = *piece.source.span_mut();
        if piece.written().is_none_or(|span| span.len() != piece.text.len()) {
            *piece.source.span_mut() = Span::new(self.origins[start], self.origins[end]);
            return vec![piece];
        }
        let is_verbatim = |i: usize| self.origins[i + 1] == self.origins[i] + 1;
        let mut cuts = vec![start];
        cuts.extend((start + 1..end).filter(|&i| is_verbatim(i - 1) != is_verbatim(i)));
        cuts.push(end);
        let part = |cut: &[usize]| {
            let mut source = piece.source.clone();
            *source.span_mut() = Span::new(self.origins[cut[0]], self.origins[cut[1]]);
            Piece { text: piece.text[cut[0] - start..cut[1] - start].to_owned(), source }
        };
        cuts.windows(2).map(part).collect()
    }
}

/// The length in bytes of the escape at the beginning of `text`, and its meaning; `None` if there is no escape.
fn escape(text: &str) -> Option<(usize, String)> {
    let code = text.strip_prefix('\\')?;
    let meaning = match code.bytes().next()? {
        b'a' => "\u{7}",
        b'b' => "\u{8}",
        b'f' => "\u{c}",
        b'n' => "\n",
        b'r' => "\r",
        b't' => "\t",
        b'v' => "\u{b}",
        b'\\' => "\\",
        // Interpolation comes next, and makes one of the two.
        b'$' => "$$",
        b'0' => {
            let digits = code[1..].bytes().take(3).take_while(u8::is_ascii_digit).count();
            let number = &code[1..=digits];
            let byte = u8::from_str_radix(number, 8).ok().filter(|_| digits == 3);
            // Compose drops the zero even if the rest is not an octal number of a byte.
            let meaning = byte.map_or_else(|| format!("\\{number}"), |byte| char::from(byte).to_string());
            return Some((2 + digits, meaning));
        }
        _ => return None,
    };
    Some((2, meaning.to_owned()))
}
