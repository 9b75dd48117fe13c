//! Numbers and words that go together.

use std::sync::LazyLock;

use super::Run;
use crate::kafka::property::{
    CLEANER_BUFFER, CLEANER_THREADS, CONNECTIONS_MAX_IDLE, CORDONED_LOG_DIRS, FAILED_AUTHENTICATION_DELAY,
    KafkaVersion, LOG_DIR, LOG_DIRS, LOG_RETENTION, LOG_ROLL, LOG_ROLL_JITTER, MAX_CONNECTIONS_OVERRIDES,
    MAX_CONNECTIONS_PER_IP, QUEUED_BYTES, REBALANCE_PROTOCOLS, REMOTE_STORAGE, REQUEST_BYTES,
};
use crate::kafka::startup::objection::{Check, Objection};
use crate::kafka::startup::reading::{Reading, map_entries};
use crate::kafka::startup::value::integer;

pub(super) const CHECKS: &[Run] =
    &[relations, log_times, log_dirs, cleaner, connections, overrides, rebalance_protocols];

/// The rows of `relations.tsv`: first and last line of versions, a property, a sign, and a property or a number.
static RELATIONS: LazyLock<Vec<[&str; 5]>> = LazyLock::new(|| {
    let rows = include_str!("../relations.tsv").lines().filter(|row| !row.starts_with('#'));
    rows.filter_map(|row| row.split('\t').collect::<Vec<_>>().try_into().ok()).collect()
});

/// `relations.tsv`
fn relations(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let set = reading.names();
    let is_set = |name: &str| set.contains(&name);
    for [first, last, left, sign, right] in RELATIONS.iter().copied() {
        // The defaults of Kafka go together.
        if !is_set(left) && !is_set(right) || !is_in(first, last, reading.version) {
            continue;
        }
        let limit = integer(right).map_or_else(|| reading.integer(right), |number| Some(Some(number)));
        let (Some(Some(number)), Some(Some(limit))) = (reading.integer(left), limit) else { continue };
        let holds = match sign {
            "<" => number < limit,
            "<=" => number <= limit,
            _ => number >= limit,
        };
        if !holds {
            let places: Vec<&str> = [left, right].into_iter().filter(|name| integer(name).is_none()).collect();
            found.push(Objection::new(Check::NumbersDisagree, &places).about([number, limit]));
        }
    }
    Some(())
}

fn is_in(first: &str, last: &str, version: KafkaVersion) -> bool {
    let line = |text| KafkaVersion::parse(text).map(KafkaVersion::line);
    line(first).is_some_and(|first| first <= version.line()) && line(last).is_none_or(|last| version.line() <= last)
}

/// `KafkaConfig.validateValues`; a negative retention is unlimited.
fn log_times(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    for (name, least) in [(LOG_ROLL, 1), (LOG_ROLL_JITTER, 0)] {
        if let Some(Some(number)) = reading.integer(name)
            && number < least
        {
            found.push(Objection::new(Check::OutOfRange, &[name]).about([least.to_string(), String::new()]));
        }
    }
    for name in LOG_RETENTION {
        if let Some(number) = reading.integer(name)? {
            if number == 0 {
                found.push(Objection::new(Check::OutOfRange, &[name]).about(["1", ""]));
            }
            break;
        }
    }
    Some(())
}

/// `KafkaConfig.validateValues`, `KafkaConfig.validateCordonedLogDirs`
fn log_dirs(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let (property, dirs) = match reading.entries(LOG_DIRS)? {
        Some(dirs) => (LOG_DIRS, dirs),
        None => (LOG_DIR, reading.entries(LOG_DIR)??),
    };
    if dirs.is_empty() && !reading.version.is_from(4, 2) {
        found.push(Objection::new(Check::NoLogDir, &[property]));
    }
    let version = reading.version;
    let keeps_one = version.is_from(3, 6) && !version.is_from(3, 9);
    if keeps_one && dirs.len() > 1 && reading.is_true(REMOTE_STORAGE)? {
        found.push(Objection::new(Check::RemoteLogDirs, &[property, REMOTE_STORAGE]));
    }
    let cordoned = reading.entries(CORDONED_LOG_DIRS)?.unwrap_or_default();
    let is_all = cordoned.iter().any(|entry| entry.text == "*");
    for entry in cordoned.iter().filter(|_| reading.roles.is_some_and(|roles| roles.broker)) {
        let is_known = dirs.iter().any(|dir| dir.text == entry.text);
        if if is_all { cordoned.len() > 1 } else { !is_known } {
            let objection = Objection::to_entry(Check::CordonedLogDir, CORDONED_LOG_DIRS, entry.span);
            found.push(objection.about([entry.text]));
        }
    }
    Some(())
}

/// `KafkaConfig.validateValues`
fn cleaner(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let (buffer, threads) = (reading.integer(CLEANER_BUFFER)??, reading.integer(CLEANER_THREADS)??);
    // Nothing is divided by a negative number, which the definition does not allow.
    if threads >= 0 && buffer.checked_div(threads).is_none_or(|share| share <= 1 << 20) {
        found.push(Objection::new(Check::CleanerBuffer, &[CLEANER_BUFFER, CLEANER_THREADS]).about([buffer, threads]));
    }
    Some(())
}

/// `KafkaConfig.validateValues`
fn connections(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let (queued, request) = (reading.integer(QUEUED_BYTES)??, reading.integer(REQUEST_BYTES)??);
    if queued > 0 && queued < request {
        found.push(Objection::new(Check::NumbersDisagree, &[QUEUED_BYTES, REQUEST_BYTES]).about([queued, request]));
    }
    let (delay, idle) = (reading.integer(FAILED_AUTHENTICATION_DELAY)??, reading.integer(CONNECTIONS_MAX_IDLE)??);
    if idle >= 0 && delay >= idle {
        let places = [FAILED_AUTHENTICATION_DELAY, CONNECTIONS_MAX_IDLE];
        found.push(Objection::new(Check::NumbersDisagree, &places).about([delay, idle]));
    }
    Some(())
}

/// `KafkaConfig.maxConnectionsPerIpOverrides`, `KafkaConfig.validateValues`
fn overrides(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let entries = map_entries(reading.text(MAX_CONNECTIONS_OVERRIDES)??);
    for entry in &entries {
        // Versions before 2.5 do not check the address.
        let is_address =
            |key: &str| key.chars().all(|character| character.is_ascii_alphanumeric() || "-%._:".contains(character));
        let is_right = entry.key.is_some_and(|key| is_address(key) || !reading.version.is_from(2, 5));
        if !is_right || entry.value.parse::<i32>().is_err() {
            found.push(Objection::to_entry(Check::OverrideMalformed, MAX_CONNECTIONS_OVERRIDES, entry.span));
        }
    }
    if entries.is_empty() && reading.integer(MAX_CONNECTIONS_PER_IP)?? == 0 {
        found.push(Objection::new(Check::NoConnections, &[MAX_CONNECTIONS_PER_IP, MAX_CONNECTIONS_OVERRIDES]));
    }
    Some(())
}

/// `KafkaConfig.groupCoordinatorRebalanceProtocols`
fn rebalance_protocols(reading: &Reading<'_>, found: &mut Vec<Objection>) -> Option<()> {
    let protocols = reading.entries(REBALANCE_PROTOCOLS)??;
    if protocols.iter().all(|entry| entry.text != "classic") {
        found.push(Objection::new(Check::NoClassicProtocol, &[REBALANCE_PROTOCOLS]));
    }
    Some(())
}
