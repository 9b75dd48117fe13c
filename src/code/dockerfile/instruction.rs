//! From the text of a Dockerfile to its instructions.

/// An instruction, its lines joined.
#[derive(Clone, Debug)]
pub(super) struct Instruction {
    /// Its name in upper case.
    pub keyword: String,
    /// What comes after the name.
    pub text: String,
    /// Its first line, from 1.
    pub line: usize,
    /// The bytes of `text` at which further lines begin, with their numbers from 1.
    further: Vec<(usize, usize)>,
}

/// The escape character of a Dockerfile, and its instructions.
pub(super) fn parse(text: &str) -> (char, Vec<Instruction>) {
    let text = text.trim_start_matches('\u{feff}');
    let escape = escape(text);
    let mut instructions = Vec::new();
    let mut lines = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    while let Some((number, line)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (keyword, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let mut instruction = Instruction {
            keyword: keyword.to_ascii_uppercase(),
            text: String::new(),
            line: number,
            further: Vec::new(),
        };
        let mut continues = instruction.push(rest.trim_start(), escape);
        while continues {
            let Some((number, line)) = lines.next() else { break };
            // Comments and empty lines may be between the lines of an instruction.
            if line.trim().is_empty() || line.trim_start().starts_with('#') {
                continue;
            }
            instruction.further.push((instruction.text.len(), number));
            continues = instruction.push(line, escape);
        }
        for (end, strips_tabs) in instruction.here_documents(escape) {
            lines.by_ref().find(|(_, line)| end == if strips_tabs { line.trim_start_matches('\t') } else { line });
        }
        instructions.push(instruction);
    }
    (escape, instructions)
}

/// docs.docker.com/reference/dockerfile/#parser-directives: `# escape=` among the first lines, before anything else.
fn escape(text: &str) -> char {
    for line in text.lines() {
        let Some((name, value)) = line.trim().strip_prefix('#').and_then(|comment| comment.split_once('=')) else {
            break;
        };
        if name.trim().eq_ignore_ascii_case("escape") {
            return if value.trim() == "`" { '`' } else { '\\' };
        }
    }
    '\\'
}

impl Instruction {
    /// Adds a line, and returns whether the instruction continues on the next.
    fn push(&mut self, line: &str, escape: char) -> bool {
        let trimmed = line.trim_end();
        let continued = trimmed.strip_suffix(escape).filter(|before| !before.ends_with(escape));
        self.text.push_str(continued.unwrap_or(line));
        continued.is_some()
    }

    /// The line, from 1, that a byte of `text` is in.
    pub fn line_of(&self, offset: usize) -> usize {
        let index = self.further.partition_point(|(begin, _)| *begin <= offset);
        index.checked_sub(1).and_then(|index| self.further.get(index)).map_or(self.line, |(_, line)| *line)
    }

    /// The words, each with the byte at which it begins, with their quotes and escapes.
    pub fn words(&self, escape: char) -> Vec<(usize, &str)> {
        let mut words = Vec::new();
        let mut begin = None;
        let mut quote = None;
        let mut is_escaped = false;
        for (offset, character) in self.text.char_indices() {
            if quote.is_none() && !is_escaped && character.is_whitespace() {
                words.extend(begin.take().and_then(|begin| Some((begin, self.text.get(begin..offset)?))));
                continue;
            }
            begin.get_or_insert(offset);
            if is_escaped {
                is_escaped = false;
            } else if character == escape && quote != Some('\'') {
                is_escaped = true;
            } else if quote == Some(character) {
                quote = None;
            } else if quote.is_none() && (character == '"' || character == '\'') {
                quote = Some(character);
            }
        }
        words.extend(begin.and_then(|begin| Some((begin, self.text.get(begin..)?))));
        words
    }

    /// The ends of the here-documents after it, each with whether tabs before it are stripped
    /// (docs.docker.com/reference/dockerfile/#here-documents).
    fn here_documents(&self, escape: char) -> Vec<(String, bool)> {
        if !["RUN", "COPY", "ADD"].contains(&self.keyword.as_str()) || !self.text.contains("<<") {
            return Vec::new();
        }
        self.words(escape).into_iter().filter_map(|(_, word)| here_document(word)).collect()
    }

    /// The flags of a `COPY` or `ADD`, and its paths, the destination last, with their quotes and escapes.
    pub fn paths(&self, escape: char) -> (Vec<String>, Vec<String>) {
        let words = self.words(escape);
        let flags = words.iter().take_while(|(_, word)| word.starts_with("--")).count();
        let (flags, paths) = words.split_at(flags);
        let json = paths.first().and_then(|(begin, _)| serde_json::from_str(self.text.get(*begin..)?).ok());
        let plain = || {
            let paths = paths.iter().filter(|(_, word)| here_document(word).is_none());
            paths.map(|(_, word)| (*word).to_owned()).collect()
        };
        (flags.iter().map(|(_, word)| (*word).to_owned()).collect(), json.unwrap_or_else(plain))
    }

    /// The words of a `CMD` or `ENTRYPOINT`: those of the JSON array, or those of the text as a shell splits it.
    pub fn command(&self) -> Vec<String> {
        let text = self.text.trim();
        let words = serde_json::from_str(text).ok().or_else(|| shlex::split(text));
        words.unwrap_or_else(|| text.split_whitespace().map(str::to_owned).collect())
    }
}

/// The end of the here-document that a word such as `<<EOF`, `<<-"EOF"` or `3<<EOF` begins, and whether tabs are stripped.
fn here_document(word: &str) -> Option<(String, bool)> {
    let end = word.trim_start_matches(|character: char| character.is_ascii_digit()).strip_prefix("<<")?;
    let (end, strips_tabs) = end.strip_prefix('-').map_or((end, false), |end| (end, true));
    let end = end.trim_matches(['"', '\'']);
    let is_name = !end.is_empty() && !end.contains('<');
    is_name.then(|| (end.to_owned(), strips_tabs))
}
