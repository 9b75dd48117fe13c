//! Changes the settings of a broker where they are written: in variables, and in flags of its command.

use crate::analysis::Analysis;
use crate::compose::{Service, Variable, Written, escape};
use crate::finding::{FileLine, Reason};
use crate::kafka::broker::Broker;
use crate::kafka::broker_listeners::SettingSource;
use crate::kafka::effective::{FilePlace, Origin};
use crate::kafka::new_setting::NewSetting;
use crate::kafka::obstacle::Obstacle;
use crate::repair::{Repair, replace_words, set_variables};

/// A repair that makes all of the changes. A value from an anchor is changed there only if `shared` allows it for every other service that
/// gets it.
///
/// # Errors
/// [`Reason`] if there is no such repair.
pub(in crate::rules) fn change_settings(
    analysis: &Analysis,
    broker: &Broker,
    settings: &[NewSetting],
    shared: &dyn Fn(&Service) -> bool,
) -> Result<Repair, Reason> {
    let service = &broker.service;
    let mut variables = Vec::new();
    let mut flags = Vec::new();
    let mut lines = Vec::new();
    for setting in settings {
        match &setting.source {
            SettingSource::Variable(name) => variables.push((name.clone(), written(service, name, setting))),
            SettingSource::Flag(flag) => flags.push((flag.as_str(), setting)),
            SettingSource::File(property, place) => {
                lines.push(line(analysis, property, place, Some(setting.text())));
            }
            SettingSource::ImageDefault => {}
        }
    }
    if !lines.is_empty() {
        return Err(Reason::InFile(lines));
    }
    // An override is written `--override property=value`.
    let is_behind = |flag: &str, before: &str| flag.split(' ').next_back() == Some(before);
    let instead = |before: &str, word: &str| {
        let of_word = |(flag, setting): &&(&str, &NewSetting)| {
            is_behind(flag, before) && setting.old.as_deref().map(str::trim) == Some(word)
        };
        flags.iter().find(of_word).map(|(_, setting)| setting.text())
    };
    let of_command = replace_words(&analysis.project, service, instead).map_err(Reason::from)?;
    let found = of_command.changes.len();
    if !flags.is_empty() && found == 0 {
        return Err(Obstacle::FlagForm(service.name.clone()).into());
    }
    let of_environment = set_variables(&analysis.project, service, &variables, shared).map_err(Reason::from)?;
    Ok(of_environment.and(of_command))
}

/// A line of a properties file as it is to become; `None` removes it.
pub(in crate::rules) fn line(
    analysis: &Analysis,
    property: &str,
    place: &FilePlace,
    value: Option<String>,
) -> FileLine {
    let place = FilePlace { path: analysis.shown(&place.path), line: place.line };
    FileLine { place, property: property.to_owned(), value }
}

/// The line of a properties file that sets a property of a broker.
pub(in crate::rules) fn file_of<'b>(broker: &'b Broker, property: &str) -> Option<&'b FilePlace> {
    match broker.config.property(property)?.origin {
        Origin::File(place) => Some(place),
        _ => None,
    }
}

/// The words for the line of a properties file that sets a property of a broker; empty if none does.
pub(in crate::rules) fn label_of_file(analysis: &Analysis, broker: &Broker, property: &str) -> String {
    let Some(FilePlace { path, line: Some(line) }) = file_of(broker, property) else { return String::new() };
    format!("`{property}` is set in {}", analysis.place(path, *line))
}

/// The variable or the line of a file that sets a property, or that would.
pub(in crate::rules) fn written_source(broker: &Broker, property: &str) -> Option<SettingSource> {
    broker.source_of(property).filter(|source| matches!(source, SettingSource::Variable(_) | SettingSource::File(..)))
}

/// A repair that sets variables to a value.
///
/// # Errors
/// [`Reason::InFile`] if lines of a file are among them.
pub(in crate::rules) fn set_all<'s>(
    analysis: &Analysis,
    broker: &Broker,
    sources: impl Iterator<Item = &'s SettingSource>,
    value: &str,
    shared: &dyn Fn(&Service) -> bool,
) -> Result<Repair, Reason> {
    let mut variables = Vec::new();
    let mut lines = Vec::new();
    for source in sources {
        match source {
            SettingSource::File(property, place) => {
                lines.push(line(analysis, property, place, Some(value.to_owned())));
            }
            source => variables.push((source.name().to_owned(), value.to_owned())),
        }
    }
    if !lines.is_empty() {
        return Err(Reason::InFile(lines));
    }
    set_variables(&analysis.project, &broker.service, &variables, shared).map_err(Reason::from)
}

/// What to write for a variable's new text: what is not edited stays as it is written, references included.
fn written(service: &Service, name: &str, setting: &NewSetting) -> String {
    let unresolved = || escape(&setting.text());
    let Some(Variable::Environment(Written { text: Some(text), value_start, .. })) = service.variable(name) else {
        return unresolved();
    };
    let mut raw = text.raw.clone();
    for (span, new) in setting.edits.iter().rev() {
        let is_end = span.is_empty() && span.start + value_start == text.as_str().trim_end().len();
        let place = match text.value.written_at(value_start + span.start..value_start + span.end) {
            Some(place) => place.range(),
            // Behind a reference.
            None if is_end => raw.trim_end().len()..raw.trim_end().len(),
            None => return unresolved(),
        };
        raw.replace_range(place, new);
    }
    if *value_start == 0 { raw } else { raw.split_once('=').map_or_else(unresolved, |(_, value)| value.to_owned()) }
}
