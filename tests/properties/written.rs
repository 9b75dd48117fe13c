//! Compose files in every style, generated together with what they mean.

use std::collections::BTreeMap;

use proptest::prelude::*;

/// A file, and what its services have.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) services: BTreeMap<String, Meaning>,
}

/// What a service has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) environment: BTreeMap<String, String>,
    /// Each dependency with its condition.
    pub(crate) depends_on: BTreeMap<String, String>,
}

/// How a section is written.
#[derive(Clone, Copy, Debug)]
enum Form {
    Absent,
    Map,
    List,
    FlowMap,
    FlowList,
    /// In brackets, each item on a line of its own.
    Lines,
    /// By an alias of a map that another part of the file has.
    Alias,
    /// A map that merges that one.
    Merge,
    /// Brackets with nothing but a comment inside.
    Empty,
}

const FORMS: [Form; 9] = [
    Form::Absent,
    Form::Map,
    Form::List,
    Form::FlowMap,
    Form::FlowList,
    Form::Lines,
    Form::Alias,
    Form::Merge,
    Form::Empty,
];

#[derive(Clone, Copy, Debug)]
enum Quote {
    None,
    Single,
    Double,
}

impl Quote {
    fn around(self, text: &str) -> String {
        match self {
            Self::None => text.to_owned(),
            Self::Single => format!("'{}'", text.replace('\'', "''")),
            Self::Double => format!("\"{text}\""),
        }
    }
}

#[derive(Clone, Debug)]
struct Style {
    step: usize,
    newline: &'static str,
    bom: bool,
    final_newline: bool,
    documents: bool,
    /// How often a line gets a comment: one in so many; none for 0.
    comments: usize,
}

/// Values that mean themselves in every quoting.
const VALUES: [&str; 6] = ["one", "kafka:9092", "ключ", "a b", "http://web:80/x", "${TAG:-latest}"];

/// One of the generated files.
pub(crate) fn files() -> impl Strategy<Value = Written> {
    let style =
        (2..5usize, prop::sample::select(&["\n", "\r\n"][..]), any::<bool>(), any::<bool>(), any::<bool>(), 0..4usize)
            .prop_map(|(step, newline, bom, final_newline, documents, comments)| Style {
                step,
                newline,
                bom,
                final_newline,
                documents,
                comments,
            });
    let quote = prop::sample::select(&[Quote::None, Quote::Single, Quote::Double][..]);
    let section = || (prop::sample::select(&FORMS[..]), quote.clone(), prop::collection::vec(0..VALUES.len(), 1..4));
    let services = prop::collection::vec((section(), section()), 1..4);
    (style, services).prop_map(|(style, services)| Writer::new(style).write(&services))
}

/// A JSON file.
pub(crate) fn json_files() -> impl Strategy<Value = Written> {
    let indentation = prop::sample::select(&["", "\t", "  "][..]);
    (indentation, prop::collection::vec((0..3usize, 0..3usize), 1..4)).prop_map(|(indentation, services)| {
        let mut written = Written { text: String::new(), services: helpers() };
        let mut values = serde_json::Map::new();
        for name in ["db", "kafka"] {
            values.insert(name.to_owned(), serde_json::json!({ "image": name }));
        }
        for (number, (variables, dependencies)) in services.iter().enumerate() {
            let name = service_name(number);
            let environment = (0..*variables).map(|index| (format!("V{index}"), VALUES[index].to_owned()));
            let depends_on = ["db", "cache"].into_iter().take(*dependencies);
            let meaning = Meaning {
                environment: environment.collect(),
                depends_on: depends_on.map(|on| (on.to_owned(), "service_started".to_owned())).collect(),
            };
            let names: Vec<&String> = meaning.depends_on.keys().collect();
            values.insert(
                name.clone(),
                serde_json::json!({ "image": "a", "environment": meaning.environment, "depends_on": names }),
            );
            written.services.insert(name, meaning);
        }
        values.insert("cache".to_owned(), serde_json::json!({ "image": "cache" }));
        let value = serde_json::json!({ "services": values });
        written.text = if indentation.is_empty() {
            value.to_string()
        } else {
            let mut out = Vec::new();
            let formatter = serde_json::ser::PrettyFormatter::with_indent(indentation.as_bytes());
            let mut serializer = serde_json::Serializer::with_formatter(&mut out, formatter);
            serde::Serialize::serialize(&value, &mut serializer).expect("it can be written");
            String::from_utf8(out).expect("JSON is UTF-8")
        };
        written
    })
}

fn service_name(number: usize) -> String {
    if number == 0 { "app".to_owned() } else { format!("app{number}") }
}

/// The services that others depend on.
fn helpers() -> BTreeMap<String, Meaning> {
    ["cache", "db", "kafka"].into_iter().map(|name| (name.to_owned(), Meaning::default())).collect()
}

type Section = (Form, Quote, Vec<usize>);

struct Writer {
    style: Style,
    lines: Vec<String>,
    comments: usize,
}

impl Writer {
    fn new(style: Style) -> Self {
        Self { style, lines: Vec::new(), comments: 0 }
    }

    fn write(mut self, services: &[(Section, Section)]) -> Written {
        let mut meanings = helpers();
        if self.style.documents {
            self.lines.push("---".to_owned());
        }
        self.line(0, "x-env: &env");
        self.line(1, "SHARED: all");
        self.line(0, "x-on: &on");
        self.line(1, "cache: {condition: service_started}");
        self.line(0, "services:");
        for (number, (environment, depends_on)) in services.iter().enumerate() {
            let name = service_name(number);
            self.line(1, &format!("{name}:"));
            self.line(2, "image: a");
            let meaning =
                Meaning { environment: self.environment(environment), depends_on: self.depends_on(depends_on) };
            self.line(2, "stop_signal: SIGTERM");
            meanings.insert(name, meaning);
        }
        for name in ["cache", "db", "kafka"] {
            self.line(1, &format!("{name}: {{image: {name}}}"));
        }
        let newline = self.style.newline;
        let end = if self.style.final_newline { newline } else { "" };
        let start = if self.style.bom { "\u{feff}" } else { "" };
        Written { text: format!("{start}{}{end}", self.lines.join(newline)), services: meanings }
    }

    /// A line, with comments as the style has them: none may be before the first indicator.
    fn line(&mut self, level: usize, text: &str) {
        let indentation = " ".repeat(level * self.style.step);
        self.comments += 1;
        let is_due = self.style.comments > 0 && self.comments.is_multiple_of(self.style.comments);
        if is_due && self.comments.is_multiple_of(2) {
            self.lines.push(format!("{indentation}# above {}", self.comments));
        }
        let behind = if is_due { format!("  # behind {}", self.comments) } else { String::new() };
        self.lines.push(format!("{indentation}{text}{behind}"));
    }

    fn environment(&mut self, (form, quote, values): &Section) -> BTreeMap<String, String> {
        let variables: BTreeMap<String, String> =
            values.iter().enumerate().map(|(index, value)| (format!("V{index}"), VALUES[*value].to_owned())).collect();
        // In brackets a text with brackets needs quotes.
        let in_flow = |text: &str| if text.contains('{') { Quote::Double.around(text) } else { quote.around(text) };
        let own = || variables.iter();
        let map: Vec<String> = own().map(|(name, value)| format!("{name}: {}", quote.around(value))).collect();
        let list: Vec<String> = own().map(|(name, value)| quote.around(&format!("{name}={value}"))).collect();
        let flow_map: Vec<String> = own().map(|(name, value)| format!("{name}: {}", in_flow(value))).collect();
        let flow_list: Vec<String> = own().map(|(name, value)| in_flow(&format!("{name}={value}"))).collect();
        let is_shared = self.section("environment", "env", *form, [map, list, flow_map, flow_list]);
        let mut all = if is_shared { [("SHARED".to_owned(), "all".to_owned())].into() } else { BTreeMap::new() };
        if !matches!(form, Form::Absent | Form::Alias | Form::Empty) {
            all.extend(variables);
        }
        all
    }

    fn depends_on(&mut self, (form, quote, values): &Section) -> BTreeMap<String, String> {
        let names: Vec<&str> = ["db", "cache"].into_iter().take(values.len().min(2)).collect();
        let map: Vec<String> = names.iter().map(|name| format!("{name}: {{condition: service_started}}")).collect();
        let list: Vec<String> = names.iter().map(|name| quote.around(name)).collect();
        let is_shared = self.section("depends_on", "on", *form, [map.clone(), list.clone(), map, list]);
        let mut all: Vec<&str> = if is_shared { vec!["cache"] } else { Vec::new() };
        if !matches!(form, Form::Absent | Form::Alias | Form::Empty) {
            all.extend(names);
        }
        all.into_iter().map(|name| (name.to_owned(), "service_started".to_owned())).collect()
    }

    /// Writes a section, and says whether it has what the anchor has.
    fn section(
        &mut self,
        key: &str,
        anchor: &str,
        form: Form,
        [map, list, flow_map, flow_list]: [Vec<String>; 4],
    ) -> bool {
        match form {
            Form::Absent => {}
            Form::Map | Form::Merge => {
                self.line(2, &format!("{key}:"));
                if matches!(form, Form::Merge) {
                    self.line(3, &format!("<<: *{anchor}"));
                }
                map.iter().for_each(|entry| self.line(3, entry));
            }
            Form::List => {
                self.line(2, &format!("{key}:"));
                list.iter().for_each(|item| self.line(3, &format!("- {item}")));
            }
            Form::FlowMap => self.line(2, &format!("{key}: {{{}}}", flow_map.join(", "))),
            Form::FlowList => self.line(2, &format!("{key}: [{}]", flow_list.join(", "))),
            Form::Lines => {
                self.line(2, &format!("{key}: ["));
                let last = flow_list.len() - 1;
                for (index, item) in flow_list.iter().enumerate() {
                    self.line(3, &format!("{item}{}", if index == last { "" } else { "," }));
                }
                self.line(2, "]");
            }
            Form::Alias => self.line(2, &format!("{key}: *{anchor}")),
            Form::Empty => {
                let indentation = " ".repeat(2 * self.style.step);
                self.lines.push(format!("{indentation}{key}: [  # nothing"));
                self.lines.push(format!("{indentation}  # yet"));
                self.lines.push(format!("{indentation}]"));
            }
        }
        matches!(form, Form::Alias | Form::Merge)
    }
}
