//! Texts that a shell script hands to a program: here-documents, and the value of `--query`.

/// A script with spaces in place of everything else, so that every place in it stays.
#[must_use]
pub fn here_documents(script: &str) -> String {
    let mut texts = String::with_capacity(script.len());
    let mut end = None;
    for line in script.split_inclusive('\n') {
        match end {
            Some(word) if line.trim() == word => end = None,
            Some(_) => {
                texts.push_str(line);
                continue;
            }
            None => end = delimiter(line),
        }
        push_blank(&mut texts, line);
    }
    for (start, length) in queries(script) {
        texts.replace_range(start..start + length, &script[start..start + length]);
    }
    texts
}

/// The word that ends the here-document which begins after a line.
fn delimiter(line: &str) -> Option<&str> {
    let is_comment = line.trim_start().starts_with('#');
    let (_, after) = line.split_once("<<").filter(|(_, after)| !is_comment && !after.starts_with('<'))?;
    let word = after.trim_start_matches('-').trim_start().trim_start_matches(['"', '\'', '\\']);
    let word = word.split(|character: char| !character.is_alphanumeric() && character != '_').next()?;
    (!word.is_empty()).then_some(word)
}

/// Where the strings after `--query` and `-q` are (ClickHouse/ClickHouse programs/client), without their quotes.
fn queries(script: &str) -> Vec<(usize, usize)> {
    let flags = ["--query", "-q"].into_iter().flat_map(|flag| script.match_indices(flag));
    let string = |(at, flag): (usize, &str)| {
        let after = script[at + flag.len()..].strip_prefix([' ', '='])?;
        let quote = after.chars().next().filter(|first| matches!(first, '"' | '\''))?;
        let inside = &after[1..];
        let end = inside.find(quote)?;
        Some((script.len() - inside.len(), end))
    };
    flags.filter_map(string).collect()
}

/// As many bytes as a text has, all spaces but for the ends of lines.
fn push_blank(texts: &mut String, text: &str) {
    texts.extend(text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
}

#[cfg(test)]
mod tests {
    use super::here_documents;

    #[test]
    fn everything_else_becomes_spaces() {
        let script =
            "#!/bin/sh\n# don't\npsql <<-'EOF' # é\n  SELECT 'a';\n\tEOF\nclient --query \"SELECT 1\"\necho <<<x\n";
        let texts = here_documents(script);
        assert_eq!(texts.len(), script.len());
        assert_eq!(texts.split_whitespace().collect::<Vec<_>>(), ["SELECT", "'a';", "SELECT", "1"]);
        assert_eq!(texts.find("'a'"), script.find("'a'"));
        assert_eq!(here_documents("cat <<EOF\nopen"), "         \nopen");
    }
}
