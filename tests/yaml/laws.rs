//! What is true of every document, however odd its text.

use composefix::text::Span;
use composefix::yaml::{Document, Entry, Node, NodeKind, ScalarStyle};

/// Checks the spans of a document.
///
/// # Errors
/// The first law that is broken, with the place.
pub(crate) fn check(document: &Document) -> Result<(), String> {
    let laws = Laws { document };
    for (_, node) in document.nodes() {
        laws.properties(node)?;
        match &node.kind {
            NodeKind::Scalar { style, value } => laws.scalar(node.span, *style, value)?,
            NodeKind::Alias { target } => {
                laws.holds(laws.text(node.span).starts_with('*'), "an alias begins with `*`", node.span)?;
                laws.holds(document.node(*target).anchor.is_some(), "an alias has a target with an anchor", node.span)?;
            }
            NodeKind::Sequence { items, .. } => {
                let parts = items.iter().map(|item| (item.dash, document.node(item.node).outer_span()));
                let mut at = node.span.start;
                for (dash, item) in parts {
                    at = laws.indicator(dash, "-", at)?;
                    at = laws.inside(item, at, node.span.end)?;
                }
            }
            NodeKind::Mapping { entries, .. } => {
                entries.iter().try_fold(node.span.start, |at, entry| laws.entry(entry, at, node.span.end))?;
            }
        }
    }
    laws.every_byte_is_accounted_for()
}

struct Laws<'d> {
    document: &'d Document,
}

impl Laws<'_> {
    fn text(&self, span: Span) -> &str {
        self.document.text().get(span.range()).unwrap_or("")
    }

    fn holds(&self, law: bool, says: &str, span: Span) -> Result<(), String> {
        if law {
            return Ok(());
        }
        let place = self.document.lines().line_column(self.document.text(), span.start);
        Err(format!("not so: {says}, at {}:{} {:?}", place.line, place.column, self.text(span)))
    }

    fn properties(&self, node: &Node) -> Result<(), String> {
        let marks = [(node.anchor, '&'), (node.tag, '!')];
        for (span, sign) in marks.into_iter().filter_map(|(span, sign)| Some((span?, sign))) {
            self.holds(self.text(span).starts_with(sign), "an anchor or a tag begins with its sign", span)?;
            self.holds(span.end <= node.span.start, "anchor and tag stand before the value", span)?;
        }
        Ok(())
    }

    fn scalar(&self, span: Span, style: ScalarStyle, value: &str) -> Result<(), String> {
        let slice = self.text(span);
        match style {
            ScalarStyle::Plain => {
                let one_line = !slice.contains(['\n', '\r']);
                self.holds(!one_line || slice == value, "a plain scalar on one line is its own value", span)
            }
            ScalarStyle::SingleQuoted => self.quoted(span, '\'', value),
            ScalarStyle::DoubleQuoted => self.quoted(span, '"', value),
            ScalarStyle::Literal => self.holds(slice.starts_with('|'), "a literal scalar begins with `|`", span),
            ScalarStyle::Folded => self.holds(slice.starts_with('>'), "a folded scalar begins with `>`", span),
        }
    }

    fn quoted(&self, span: Span, quote: char, value: &str) -> Result<(), String> {
        let slice = self.text(span);
        let enclosed = slice.len() >= 2 && slice.starts_with(quote) && slice.ends_with(quote);
        self.holds(enclosed, "a quoted scalar begins and ends with its quote", span)?;
        let alone = Document::parse(slice);
        let value_alone = alone.as_ref().ok().and_then(|alone| alone.scalar(*alone.roots().first()?));
        self.holds(value_alone == Some(value), "a quoted scalar means the same alone", span)
    }

    fn entry(&self, entry: &Entry, at: usize, end: usize) -> Result<usize, String> {
        let at = self.indicator(entry.question, "?", at)?;
        let at = self.inside(self.document.node(entry.key).outer_span(), at, end)?;
        let at = self.indicator(entry.colon, ":", at)?;
        self.inside(self.document.node(entry.value).outer_span(), at, end)
    }

    /// A part of a collection comes at or after `at`; where the next may begin.
    fn inside(&self, part: Span, at: usize, end: usize) -> Result<usize, String> {
        self.holds(at <= part.start && part.end <= end, "parts stand inside their whole and in order", part)?;
        Ok(part.end)
    }

    fn indicator(&self, place: Option<usize>, sign: &str, at: usize) -> Result<usize, String> {
        let Some(place) = place else { return Ok(at) };
        let span = Span::new(place, place + 1);
        self.holds(at <= place && self.text(span) == sign, "an indicator is where the entry says", span)?;
        Ok(place + 1)
    }

    /// What is neither scalar, alias, property, indicator nor comment is space, a line break, or structure.
    fn every_byte_is_accounted_for(&self) -> Result<(), String> {
        let mut parts: Vec<Span> = self.document.comments().to_vec();
        for &comment in self.document.comments() {
            let slice = self.text(comment);
            let fits = slice.starts_with('#') && !slice.contains(['\n', '\r']);
            self.holds(fits, "a comment goes from `#` to the end of its line", comment)?;
        }
        for (_, node) in self.document.nodes() {
            parts.extend([node.anchor, node.tag].into_iter().flatten());
            let indicator = |place: Option<usize>| place.map(|place| Span::new(place, place + 1));
            match &node.kind {
                NodeKind::Scalar { .. } | NodeKind::Alias { .. } => parts.push(node.span),
                NodeKind::Sequence { items, .. } => parts.extend(items.iter().filter_map(|i| indicator(i.dash))),
                NodeKind::Mapping { entries, .. } => {
                    parts.extend(entries.iter().flat_map(|e| [indicator(e.question), indicator(e.colon)]).flatten());
                }
            }
        }
        // A comment after the header of a block scalar is inside the scalar.
        let blocks: Vec<Span> = parts.iter().copied().filter(|&part| self.text(part).starts_with(['|', '>'])).collect();
        let in_block = |part: &Span| blocks.iter().any(|block| block.start < part.start && block.contains(*part));
        parts.retain(|part| !part.is_empty() && !in_block(part));
        parts.sort();
        let mut at = 0;
        for part in parts {
            self.holds(at <= part.start, "no two parts overlap", part)?;
            self.between(Span::new(at, part.start))?;
            at = part.end;
        }
        self.between(Span::new(at, self.document.text().len()))
    }

    /// Between parts there are only spaces, line breaks, brackets and commas, document markers, directives, and a byte order mark.
    fn between(&self, span: Span) -> Result<(), String> {
        let accounted = self.text(span).split(['\n', '\r']).all(|line| {
            let line = line.trim_start_matches('\u{feff}');
            let rest = ["---", "..."].iter().find_map(|marker| line.strip_prefix(marker)).unwrap_or(line);
            line.starts_with('%') || rest.chars().all(|c| " \t,[]{}".contains(c))
        });
        self.holds(accounted, "nothing is left over between the parts", span)
    }
}
