//! The structs of Go, whose fields libraries fill from the environment as tags tell them.

use std::collections::{HashMap, HashSet};

use super::pattern::{Code, Pattern};

/// The limit for the depth of nested structs, and for the number of fields: the same struct may be in many others.
const DEPTH: usize = 6;
const MAX_PATHS: usize = 2000;

/// A field of a struct.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'c> {
    /// Its name; none if it is embedded.
    pub name: Option<&'c str>,
    kind: &'c str,
    /// The number of the struct that it is, if that is in the same file.
    inner: Option<usize>,
    /// All its tags.
    tags: &'c str,
    /// The line, from 1.
    pub line: usize,
}

impl<'c> Field<'c> {
    /// The value of one tag: `X` of `env:"X"`, and of `kong:"env='X'"`.
    pub fn tag(&self, key: &str) -> Option<&'c str> {
        self.own_tag(key).or_else(|| self.own_tag("kong")?.split_once(&format!("{key}='"))?.1.split('\'').next())
    }

    fn own_tag(&self, key: &str) -> Option<&'c str> {
        let starts = |at: &usize| self.tags[..*at].chars().next_back().is_none_or(char::is_whitespace);
        let (at, _) = self
            .tags
            .match_indices(key)
            .find(|(at, _)| starts(at) && self.tags[at + key.len()..].starts_with(":\""))?;
        self.tags[at + key.len() + 2..].split('"').next()
    }
}

/// The fields that are no structs of the file themselves, each after those that lead to it from a struct that is in no other.
pub(super) fn paths<'c>(code: &'c Code) -> Vec<Vec<Field<'c>>> {
    let structs = structs(code);
    let inner: HashSet<usize> = structs.iter().flatten().filter_map(|field| field.inner).collect();
    let roots = structs.iter().enumerate().filter(|(number, _)| !inner.contains(number));
    let mut open: Vec<Vec<Field>> = roots.flat_map(|(_, fields)| fields).map(|&field| vec![field]).collect();
    let mut paths = Vec::new();
    for _ in 0..MAX_PATHS {
        let Some(path) = open.pop() else { break };
        match path.last().and_then(|field| structs.get(field.inner?)) {
            Some(fields) if path.len() < DEPTH => {
                let room = MAX_PATHS.saturating_sub(open.len());
                open.extend(fields.iter().take(room).map(|&field| [&path[..], &[field]].concat()));
            }
            Some(_) => {}
            None => paths.push(path),
        }
    }
    paths
}

/// The fields of each struct. The first has what looks like a field with tags but is in no struct that was understood.
fn structs<'c>(code: &'c Code) -> Vec<Vec<Field<'c>>> {
    static HEAD: Pattern = Pattern::new(&["struct"], r"^ (?:type\s+)?(?<name>[A-Za-z_]\w*)\s+\*?struct \{ $");
    static END: Pattern = Pattern::new(&["}"], r#"^ \} (?:"(?<tags>\d+)")? $"#);
    static FIELD: Pattern =
        Pattern::without_word(r#"^ (?:(?<name>[A-Za-z_]\w*)\s+)?(?<kind>[\w.*\[\]]+) (?:"(?<tags>\d+)")? $"#);
    let tags = |found: &regex::Captures| {
        let number = found.name("tags").and_then(|number| number.as_str().parse::<usize>().ok());
        number.and_then(|number| code.source.strings.get(number)).map_or("", |string| string.text)
    };
    let mut structs: Vec<Vec<Field>> = vec![Vec::new()];
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    // The structs that are open, and for those that are fields where.
    let mut open: Vec<(usize, Option<(usize, usize)>)> = Vec::new();
    let mut start = 0;
    for text in code.text().split_inclusive('\n') {
        let line = code.source.line(start);
        start += text.len();
        let outer = open.last().map_or(0, |(number, _)| *number);
        if let Some(found) = HEAD.captures(text) {
            let (number, name) = (structs.len(), found.name("name").map(|name| name.as_str()));
            let mut place = None;
            if let (Some(name), true) = (name, open.is_empty()) {
                by_name.insert(name, number);
            } else {
                place = Some((outer, structs[outer].len()));
                structs[outer].push(Field { name, kind: "", inner: Some(number), tags: "", line });
            }
            structs.push(Vec::new());
            open.push((number, place));
        } else if let (Some(found), Some(&(_, place))) = (END.captures(text), open.last()) {
            if let Some((outer, field)) = place {
                structs[outer][field].tags = tags(&found);
            }
            open.pop();
        } else if let Some(found) = FIELD.captures(text) {
            let tags = tags(&found);
            if !open.is_empty() || !tags.is_empty() {
                let kind = found.name("kind").map_or("", |kind| kind.as_str());
                let name = found.name("name").map(|name| name.as_str());
                structs[outer].push(Field { name, kind, inner: None, tags, line });
            }
        }
    }
    for field in structs.iter_mut().flatten().filter(|field| field.inner.is_none()) {
        field.inner = by_name.get(field.kind.trim_start_matches('*')).copied();
    }
    structs
}
