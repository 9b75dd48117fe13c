//! Collects the known messages of a log, each once, and decides at the end what caused them.

use std::collections::HashMap;

use super::address::{Address, Giver};
use super::knowledge::KNOWLEDGE;
use super::seen::{Givers, Seen};
use super::signs::Sign;
use super::{Explanation, Line, Observation, Unknown};
use crate::kafka::address::{AddressList, HostPort};

/// Different messages, and addresses, that are kept of one log.
const MOST: usize = 500;

/// A longer log also contains lines that are printed without a problem.
const SHORT_LOG: usize = 20;

/// How often a message may be printed without a problem.
const NORMAL: usize = 2;

/// Characters of a message that are kept.
const LONGEST_MESSAGE: usize = 500;

/// The known messages of a log so far.
#[derive(Default)]
pub(super) struct Collector {
    number: usize,
    lines: usize,
    seen: Vec<Seen>,
    by_key: HashMap<Key, usize>,
    givers: Givers,
    others: Vec<(String, usize)>,
    unknown: Option<Unknown>,
}

/// What makes two lines one message.
type Key = (usize, Option<String>, Option<Address>, Giver);

impl Collector {
    /// Looks at a line.
    pub fn add(&mut self, raw: &[u8]) {
        self.number += 1;
        let line = Line::read(raw);
        if line.text.is_empty() {
            return;
        }
        self.lines += 1;
        let signs = KNOWLEDGE.signs_in(&line.text);
        let symptom = signs.iter().find_map(Sign::symptom);
        if symptom.is_none() && !signs.contains(&Sign::Evidence) && self.unknown.is_some() {
            return;
        }
        let (address, giver) = KNOWLEDGE.forms.locate(&line.text);
        let library = KNOWLEDGE.printer(&signs).map(str::to_owned);
        let is_voter = symptom.is_some_and(|symptom| KNOWLEDGE.symptoms[symptom].voters);
        let giver = if is_voter { Giver::Unknown } else { giver };
        self.note_givers(&line, address.as_ref(), giver);
        let is_generic = symptom.is_some_and(|symptom| KNOWLEDGE.symptoms[symptom].generic);
        let other = address.as_ref().and_then(|address| KNOWLEDGE.others.get(&address.port?)).filter(|_| is_generic);
        let Some(symptom) = symptom.filter(|_| other.is_none()) else {
            self.unknown.get_or_insert_with(|| Unknown { message: shortened(&line.message), library, address });
            return self.note_other(other);
        };
        let observation = Observation {
            first_line: self.number,
            last_line: self.number,
            count: 1,
            message: shortened(&line.message),
            container: line.container,
            library,
            address,
            giver,
            symptom: &KNOWLEDGE.symptoms[symptom].name,
            means: String::new(),
            causes: Vec::new(),
            tip: None,
        };
        self.note(Seen { symptom, is_about_kafka: !is_generic || signs.contains(&Sign::Hint), observation });
    }

    fn note_givers(&mut self, line: &Line, address: Option<&Address>, giver: Giver) {
        let listed = line.text.split_once("bootstrap.servers = [").and_then(|(_, rest)| rest.split_once(']'));
        let listed = listed.and_then(|(list, _)| AddressList::parse(list));
        let listed = listed.iter().flat_map(|list| list.addresses()).map(|address| {
            let HostPort { host, port } = address.host_port();
            (Address { host, ip: None, port }, Giver::Client)
        });
        let own = address.filter(|_| giver != Giver::Unknown).map(|address| (address.clone(), giver));
        for (mut address, giver) in listed.chain(own) {
            address.ip = None;
            if self.givers.len() < MOST {
                self.givers.entry((line.container.clone(), address)).or_insert(giver);
            }
        }
    }

    fn note_other(&mut self, name: Option<&String>) {
        let Some(name) = name else { return };
        match self.others.iter_mut().find(|(other, _)| other == name) {
            Some((_, count)) => *count += 1,
            None => self.others.push((name.clone(), 1)),
        }
    }

    fn note(&mut self, new: Seen) {
        let Observation { container, address, giver, .. } = &new.observation;
        let key = (new.symptom, container.clone(), address.clone(), *giver);
        if let Some(seen) = self.by_key.get(&key).map(|index| &mut self.seen[*index]) {
            seen.observation.count += 1;
            seen.observation.last_line = new.observation.last_line;
            seen.is_about_kafka |= new.is_about_kafka;
        } else if self.seen.len() < MOST {
            self.by_key.insert(key, self.seen.len());
            self.seen.push(new);
        }
    }

    /// Decides what caused the messages; those that point to a cause most directly come first.
    pub fn finish(mut self) -> Explanation {
        for seen in &mut self.seen {
            seen.settle_giver(&self.givers);
        }
        let has_no_address = |seen: &Seen| seen.observation.address.is_none();
        self.seen.sort_by_key(|seen| (seen.symptom, has_no_address(seen), seen.observation.first_line));
        let is_about_kafka = self.seen.iter().any(|seen| seen.is_about_kafka);
        self.seen.retain(|seen| seen.is_about_kafka || !is_about_kafka);
        let is_long = self.lines > SHORT_LOG;
        self.seen.retain(|seen| !(is_long && seen.symptom().normal_once && seen.observation.count <= NORMAL));
        self.seen.retain(Seen::adds_something());
        let observations: Vec<Observation> = self.seen.into_iter().map(Seen::explained).collect();
        let unknown = self.unknown.filter(|_| observations.is_empty());
        Explanation { lines: self.lines, observations, others: self.others, unknown }
    }
}

fn shortened(message: &str) -> String {
    match message.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.to_owned(),
    }
}
