//! C# and F#.

use regex::Captures;

use super::lexer::{Quote, Syntax};
use super::pattern::{Code, Idioms, Pattern, Request};

pub(super) const SYNTAX: Syntax = Syntax {
    line_comments: &["//"],
    block_comment: Some(("/*", "*/")),
    quotes: &[
        Quote::new("\"\"\"").raw(),
        Quote::pair("$@\"", "\"").raw().with_hole("{"),
        Quote::pair("@$\"", "\"").raw().with_hole("{"),
        Quote::pair("$\"", "\"").with_hole("{"),
        Quote::pair("@\"", "\"").raw(),
        Quote::new("\""),
    ],
    has_characters: true,
    has_slash_patterns: false,
};

static READS: [Pattern; 1] =
    [Pattern::new(&["Environment."], r"\bEnvironment\.GetEnvironmentVariable \( NAME(?: , [\w.]+)? \)")];
static FALLBACKS: [Pattern; 1] = [Pattern::new(&["??"], r"^ !? \)? \?\? DEFAULT")];
static KEYS: [Pattern; 1] = [Pattern::new(&["onfig"], r"[cC]onfig\w*!? \[ NAME \]")];
static IDIOMS: Idioms = Idioms { reads: &READS, fallbacks: &FALLBACKS, keys: &KEYS };

pub(super) fn reads(code: &Code) -> Vec<Request> {
    code.reads(&IDIOMS)
}

/// The keys of the configuration, with colons between their parts.
pub(super) fn keys(code: &Code) -> Vec<Request> {
    let mut keys = code.keys(&IDIOMS);
    keys.extend(sections(code));
    keys
}

/// `GetSection("A")["B"]`, `GetSection("A").Get<T>()` and their kin. A section that is bound to a class has the properties of the class as
/// keys, if the class is in the same file; otherwise it is a key itself.
fn sections(code: &Code) -> Vec<Request> {
    static CHAIN: Pattern = Pattern::new(
        &["Get"],
        concat!(
            r"(?:\b(?:Configure|AddOptions\w*) < (?<options>\w+) > \((?: \) \. Bind \()? )?",
            r"(?<chain>\b(?:[\w.]*[cC]onfig\w*[!?]?|\w*[sS]ection\w*)? (?:\. Get(?:Required)?Section \( ANY \) )*",
            r"(?:\. Get(?:Required)?Section \( ANY \)|\. GetConnectionString \( ANY \)|\. GetValue(?: <[^()]{1,40}>)? \( ANY))",
            r#"(?<rest> \[ "\d+" \]| \. Get < (?<bound>\w+)\??>)?(?: !? \)? (?:,|\?\?) DEFAULT)?"#,
        ),
    );
    static PART: Pattern = Pattern::new(
        &["Get"],
        r"\. (?<call>GetSection|GetRequiredSection|GetConnectionString|GetValue)(?: <[^()]*>)? \( NAME",
    );
    static BIND: Pattern =
        Pattern::new(&["BindConfiguration"], r"\bAddOptions\w* < (?<options>\w+) > \( \) \. BindConfiguration \( NAME");
    let mut keys = Vec::new();
    for found in CHAIN.captures_iter(code.text()) {
        let Some(chain) = found.name("chain") else { continue };
        let mut parts = Vec::new();
        for part in PART.captures_iter(chain.as_str()) {
            if &part["call"] == "GetConnectionString" {
                parts.push("ConnectionStrings".to_owned());
            }
            parts.extend(code.value(&part["name"]).map(|value| value.text));
        }
        let index = found.name("rest").filter(|rest| rest.as_str().contains('"'));
        parts.extend(index.and_then(|rest| code.value(rest.as_str())).map(|value| value.text));
        if parts.is_empty() {
            continue;
        }
        let key = Request::new(parts.join(":"), code.default(code.text(), &found), code.source.line(chain.start()));
        let class = found.name("options").or(found.name("bound")).map(|class| class.as_str());
        keys.extend(with_properties(code, key, class));
    }
    for found in BIND.captures_iter(code.text()) {
        let (Some(name), class) = (found.name("name"), &found["options"]) else { continue };
        let Some(section) = code.value(name.as_str()) else { continue };
        let key = Request::new(section.text, None, code.source.line(name.start()));
        keys.extend(with_properties(code, key, Some(class)));
    }
    keys
}

fn with_properties(code: &Code, section: Request, class: Option<&str>) -> Vec<Request> {
    static HEAD: Pattern = Pattern::new(&["class", "record"], r"\b(?:class|record)\s+(?<class>\w+)\b");
    static PROPERTY: Pattern = Pattern::new(
        &["public"],
        r"\bpublic\s+(?:required\s+)?[\w.<>,?\[\]]+\s+(?<word>\w+) \{ get;[^{}]*\}(?: = DEFAULT)?",
    );
    let Some(start) = class.and_then(|class| {
        let head = |found: &Captures| &found["class"] == class;
        HEAD.captures_iter(code.text()).find(head).and_then(|found| Some(found.get(0)?.end()))
    }) else {
        return vec![section];
    };
    let body = &code.text()[start..];
    let body = HEAD.find(body).map_or(body, |next| &body[..next.start()]);
    let keys = PROPERTY.captures_iter(body).filter_map(|found| {
        let word = found.name("word")?;
        let name = format!("{}:{}", section.name, word.as_str());
        Some(Request::new(name, code.default(body, &found), code.source.line(start + word.start())))
    });
    keys.collect()
}
