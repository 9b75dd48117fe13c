//! Line breaks.

/// How a file ends its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newline {
    /// `\n`
    Lf,
    /// `\r\n`
    CrLf,
    /// `\r`, which YAML takes for a line break but diff tools do not.
    Cr,
}

impl Newline {
    /// The line break that `text` uses most; LF where it has none.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if !text.as_bytes().contains(&b'\r') {
            return Self::Lf;
        }
        let crlf = text.matches("\r\n").count();
        let lf = text.matches('\n').count() - crlf;
        let cr = text.matches('\r').count() - crlf;
        if crlf > lf.max(cr) {
            Self::CrLf
        } else if cr > lf {
            Self::Cr
        } else {
            Self::Lf
        }
    }

    /// The bytes of the line break.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
            Self::Cr => "\r",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_majority_decides() {
        assert_eq!(Newline::of("a"), Newline::Lf);
        assert_eq!(Newline::of("a\r\nb\r\nc\n"), Newline::CrLf);
        assert_eq!(Newline::of("a\rb\r"), Newline::Cr);
        assert_eq!(Newline::of("a\nb\r\n"), Newline::Lf);
    }
}
