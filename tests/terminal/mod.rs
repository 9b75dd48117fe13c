//! A picture of what a terminal shows: text with ANSI colors as SVG.

use std::fmt::Write as _;

const FONT_SIZE: usize = 14;
const LINE: usize = 19;
/// The width of a character of the font, in hundredths of its size.
const CHARACTER: usize = 60;
const MARGIN: usize = 16;
const BACKGROUND: &str = "#1e1e1e";
const FOREGROUND: &str = "#d4d4d4";

/// The colors that composefix uses, by their number of SGR.
const COLOURS: [(&str, &str); 7] = [
    ("31", "#f14c4c"),
    ("91", "#f14c4c"),
    ("33", "#e5c07b"),
    ("93", "#e5c07b"),
    ("92", "#8cc265"),
    ("94", "#4fa6f5"),
    ("96", "#42b3c2"),
];

/// The style of a piece of text.
#[derive(Clone, Default)]
struct Style {
    colour: Option<&'static str>,
    is_bold: bool,
}

impl Style {
    fn set(&mut self, codes: &str) {
        for code in codes.split(';') {
            match code {
                "" | "0" => *self = Self::default(),
                "1" => self.is_bold = true,
                code => {
                    let known = COLOURS.iter().find(|(own, _)| *own == code);
                    self.colour = Some(known.unwrap_or_else(|| panic!("the colour {code} is not in the table")).1);
                }
            }
        }
    }
}

/// A window with a command and what it prints.
pub fn picture(command: &str, output: &str) -> String {
    let output = format!("$ {command}\n\n{}", output.trim_end());
    let mut style = Style::default();
    let mut body = String::new();
    let mut widest = 0;
    let mut lines = 0;
    for line in output.lines() {
        lines += 1;
        let _ = write!(body, "<text x=\"{MARGIN}\" y=\"{}\" xml:space=\"preserve\">", MARGIN + lines * LINE - 5);
        let mut width = 0;
        for (number, piece) in line.split("\u{1b}[").enumerate() {
            let text = match piece.split_once('m').filter(|_| number > 0) {
                Some((codes, text)) => {
                    style.set(codes);
                    text
                }
                None => piece,
            };
            width += text.chars().count();
            if !text.is_empty() {
                span(&mut body, text, &style);
            }
        }
        body.push_str("</text>\n");
        widest = widest.max(width);
    }
    let (width, height) = (widest * FONT_SIZE * CHARACTER / 100 + 2 * MARGIN, lines * LINE + 2 * MARGIN);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n\
         <g font-family=\"ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" \
         font-size=\"{FONT_SIZE}\" fill=\"{FOREGROUND}\">\n{body}</g>\n</svg>\n"
    )
}

fn span(body: &mut String, text: &str, style: &Style) {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let colour = style.colour.map(|colour| format!(" fill=\"{colour}\"")).unwrap_or_default();
    let weight = if style.is_bold { " font-weight=\"bold\"" } else { "" };
    let _ = match colour.is_empty() && weight.is_empty() {
        true => write!(body, "{escaped}"),
        false => write!(body, "<tspan{colour}{weight}>{escaped}</tspan>"),
    };
}
