//! The rules, by example: every folder `tests/rules/<rule>/<case>/` is a project with its expected findings and fixes.
//!
//! - `compose.yaml`, or another of Compose's own names, with the env files that belong to it
//! - `findings.txt`: one finding per line: the rule, the service, `path:line:column`, and the kind of fix or why there is none
//! - `expected.diff`: all fixes, as `composefix diff` shows them
//! - `args`: more arguments of the command line, if the case needs some
//!
//! Of the two expectations the one that is empty is left out. `ok-*` cases have neither: nothing is found. `refused-*` cases have
//! findings and no diff. All other cases have both, and a finding of the rule they are filed under.
//!
//! `UPDATE_FIXTURES=1 cargo test --test rules` writes the expectations again, to be read before they are committed.

#![allow(clippy::print_stdout, reason = "a test that cannot run here says so")]

mod harness;
mod support;

use std::sync::Arc;

use composefix::code::Containers;
use composefix::compose::Project;
use composefix::kafka::address::{AddressList, is_loopback};
use composefix::kafka::broker_listeners::AdvertisedListener;
use composefix::kafka::listener::ListenerHost;
use composefix::kafka::route::Route;
use composefix::kafka::topology::Topology;
use composefix::rules::RULES;
use composefix::yaml::Document;
use harness::case::{Case, Kind};
use harness::compose;
use harness::{git, lines, twins, wording};
use support::{DockerCompose, is_installed};

#[test]
fn every_case_is_found_and_repaired_as_expected() {
    let update = std::env::var_os("UPDATE_FIXTURES").is_some_and(|value| value == "1");
    harness::for_each_case(|case| if update { case.update() } else { case.compare() });
}

#[test]
fn every_case_is_of_its_kind_and_about_its_rule() {
    harness::for_each_case(|case| {
        let run = case.run()?;
        let is_about_its_rule = run.findings.iter().any(|finding| finding.rule() == case.rule);
        match case.kind {
            Kind::Ok if !run.findings.is_empty() => Err("something is found".to_owned()),
            Kind::Refused | Kind::Repaired if !is_about_its_rule => Err(format!("no finding of {}", case.rule)),
            Kind::Refused if run.is_changed() => Err("something is repaired".to_owned()),
            Kind::Repaired if !run.is_changed() => Err("nothing is repaired".to_owned()),
            _ => Ok(()),
        }
    });
}

#[test]
fn every_rule_has_cases_of_every_kind() {
    let cases = Case::all();
    for rule in RULES {
        for kind in [Kind::Ok, Kind::Refused, Kind::Repaired] {
            let found = cases.iter().any(|case| case.rule == rule.name && case.kind == kind);
            // Code is fixed by hand.
            let is_possible = kind != Kind::Repaired || rule.name != "hard-coded-broker-address";
            assert!(found == is_possible, "{}: no case is {kind:?}", rule.name);
        }
    }
}

#[test]
fn every_wording_is_as_reviewed() {
    for rule in RULES {
        wording::compare(rule.name);
    }
}

#[test]
fn every_message_is_short_and_plain() {
    harness::for_each_case(|case| case.run()?.findings.iter().try_for_each(wording::is_plain));
}

#[test]
fn a_second_run_changes_nothing() {
    harness::for_each_case(|case| {
        let after = case.run()?.after;
        let again = case.with_text(&after).run()?;
        if again.is_changed() { Err(format!("it makes this of it:\n{}", again.diff(case))) } else { Ok(()) }
    });
}

#[test]
fn every_repaired_file_can_be_read_again() {
    harness::for_each_case(|case| {
        let after = case.run()?.after;
        Document::parse(after.as_str()).map(|_| ()).map_err(|error| error.to_string())
    });
}

#[test]
fn every_changed_line_lies_in_what_the_repair_declares() {
    harness::for_each_case(|case| lines::all_declared(&case.run()?));
}

/// Cases in which an address leads nowhere by intention: it is one of another program or of a file that is replaced, code takes it apart, a
/// server, an env file or the user knows more, or another address of the same list serves the client.
const MEANT: [&str; 14] = [
    "hard-coded-broker-address/ok-address-for-either-place",
    "hard-coded-broker-address/ok-rails-environment-of-the-command",
    "loopback-advertised-listener/redpanda-admin-port-stays",
    "missing-broker-address/code-symfony",
    "missing-broker-address/ok-code-dot-env-with-a-sample",
    "missing-broker-address/ok-code-go-mounted-config",
    "missing-broker-address/ok-code-mounted-over-the-packaged-settings",
    "missing-broker-address/ok-code-spring-config-server",
    "missing-broker-address/ok-code-spring-config-server-and-no-word-of-kafka",
    "no-shared-network/ok-names-by-hand",
    "no-shared-network/ok-one-broker-is-reached",
    "unreachable-broker-address/ok-admin-port",
    "unreachable-broker-address/ok-credentials",
    "unreachable-broker-address/ok-scheme-that-the-code-takes-apart",
];

#[test]
fn where_nothing_is_left_no_client_has_a_wrong_address() {
    harness::for_each_case(|case| {
        let (outcome, _) = case.outcome()?;
        let analysis = &outcome.analysis;
        let is_hidden = case.hides_findings() || MEANT.contains(&case.to_string().as_str());
        if !outcome.left.findings.is_empty() || analysis.topology.brokers.is_empty() || is_hidden {
            return Ok(());
        }
        let servers_of = |client| analysis.bootstrap_servers(client).into_iter().map(move |servers| (client, servers));
        let wrong = analysis.users().flat_map(servers_of).find_map(|(client, servers)| {
            let list = AddressList::parse_meant(&servers.text)?;
            let mut routes = list.addresses().iter().map(|own| client.route(&analysis.topology, own, servers.protocol));
            let route = routes.find(Route::is_broken)?;
            Some(format!("`{}` connects to `{}`, but {route}", client.service.name, servers.text))
        });
        wrong.map_or(Ok(()), Err)
    });
}

#[test]
fn git_applies_every_diff() {
    if !is_installed("git", git::is_installed()) {
        return;
    }
    harness::for_each_case(|case| git::applies(case, &case.run()?));
}

#[test]
fn docker_compose_resolves_the_same_but_for_what_a_repair_declares() {
    for docker_compose in [DockerCompose::reference(), DockerCompose::older()].into_iter().flatten() {
        harness::for_each_case(|case| compose::agrees(&docker_compose, case, &case.run()?));
    }
}

#[test]
fn what_the_host_is_told_at_a_published_port_stays() {
    harness::for_each_case(|case| {
        // Unsafe fixes may cut off programs on the host, with a caveat.
        if case.is_unsafe() {
            return Ok(());
        }
        let (before, after) = (case.project()?, case.with_text(&case.run()?.after).project()?);
        let (before, after) = (host_listeners(&before), host_listeners(&after));
        let lost: Vec<&String> = before.iter().filter(|listener| !after.contains(listener)).collect();
        if lost.is_empty() { Ok(()) } else { Err(format!("the host loses {lost:?} and has {after:?}")) }
    });
}

/// The published ports, and their listeners that advertise localhost.
fn host_listeners(project: &Project) -> Vec<String> {
    let mut found = Vec::new();
    for broker in &Topology::new(Arc::new(project.clone()), Arc::default(), &Containers::default()).brokers {
        let (name, ports) = (&broker.service.name, &broker.service.ports);
        let open: Vec<_> = ports.iter().map(|ports| &ports.published).collect();
        found.push(format!("{name} {open:?}"));
        for AdvertisedListener { listener, .. } in &broker.listeners.advertised {
            let port = broker.listeners.bound_as(&listener.name).map_or(listener.port, |bound| bound.port);
            let ListenerHost::Named(host) = &listener.host else { continue };
            // Kafka does not start with 0.0.0.0.
            let opened = ports.iter().find(|ports| ports.may_open(port) && is_loopback(host) && host != "0.0.0.0");
            found.extend(opened.map(|ports| format!("{name} {:?} {host}:{}", ports.published, listener.port)));
        }
    }
    found
}

#[test]
fn every_twin_is_repaired_alike() {
    harness::for_each_case(|case| {
        let run = case.run()?;
        twins::TWINS.iter().try_for_each(|twin| twin.is_repaired_alike(case, &run))
    });
}
