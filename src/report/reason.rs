//! The words for what keeps a problem from being fixed.

use crate::finding::{Finding, NoHealthcheck, Reason, Remedy, Unproven};
use crate::kafka::obstacle::Obstacle;
use crate::kafka::startup::objection::Check;
use crate::kafka::startup::wanted;
use crate::kafka::topology::NoTarget;

/// What becomes of a finding, in a line: the title of its fix, or why it has none. A sentence without a full stop.
#[must_use]
pub fn remedy(finding: &Finding) -> String {
    match &finding.remedy {
        Remedy::Fix(fix) => fix.title.clone(),
        Remedy::FixedBy(_) => "the fix of another finding also fixes this".to_owned(),
        Remedy::None(reason) => words(reason),
    }
}

/// A reason as a sentence without a full stop.
#[must_use]
pub fn words(reason: &Reason) -> String {
    match reason {
        Reason::Edit(refusal) => refusal.to_string(),
        Reason::NoTarget(reason) => no_target(reason),
        Reason::Broker(obstacle) => of_broker(obstacle),
        Reason::Health(reason) => no_healthcheck(reason),
        Reason::Unproven(unproven) => of_proof(unproven),
        Reason::Startup(refusal) => startup(refusal),
        Reason::Cycle(names) => format!("the dependency would close a cycle: {}", names.join(" -> ")),
        Reason::NoNetwork => "its broker is on no network of the project".to_owned(),
        Reason::SeveralNetworks(names) => format!("its broker is on several networks: `{}`", names.join("`, `")),
        Reason::InCode(path, line) => format!("no variable overrides the address in {}:{line}", path.display()),
        Reason::Secret(path) => format!(
            "the value holds a password that must not be copied into a compose file; change the address in {}",
            path.display()
        ),
        Reason::InEnvFile => "composefix does not edit env files".to_owned(),
        Reason::NetworkMode { service, mode } => {
            format!("cannot tell whether `{service}` needs `network_mode: {mode}` for something else")
        }
        Reason::EnvFile(variable) => format!("an env file sets `{variable}`; remove it there"),
        Reason::Shared => "services share the same lines, so one edit cannot change them all".to_owned(),
        Reason::NothingLeft(_) => "remove the variables by hand: the section would be left empty".to_owned(),
        Reason::Declined => "you declined the fix".to_owned(),
        Reason::OutOfScope(service) => format!("the edit would also change `{service}`, which --only leaves out"),
        Reason::Ignored { service, rule } => {
            format!("the edit would also change `{service}`, for which a comment ignores {rule}")
        }
    }
}

fn startup(refusal: &wanted::Refusal) -> String {
    let subjects = refusal.objection.subjects.join("`, `");
    match (refusal.reason, refusal.objection.check) {
        (wanted::Reason::Value, Check::PortTwice) => {
            format!(
                "give each of `{subjects}` its own port, wherever the port is written, and change their clients too"
            )
        }
        (wanted::Reason::Value, Check::ListenerTwice) => {
            format!("give one of the listeners `{subjects}` another name, in every setting that names it")
        }
        (wanted::Reason::Value, _) => "cannot tell which value is right".to_owned(),
        (wanted::Reason::Security, _) if subjects.is_empty() => {
            "cannot tell whether its listeners should be encrypted or authenticated".to_owned()
        }
        (wanted::Reason::Security, _) => {
            format!("cannot tell whether the listener `{subjects}` should be encrypted or authenticated")
        }
        (wanted::Reason::NoZooKeeper, _) => {
            "this version of Kafka has no ZooKeeper; set the KRaft settings, or use an older image".to_owned()
        }
        (wanted::Reason::OtherNode, _) => {
            "it depends on the other nodes of the cluster; make their settings agree".to_owned()
        }
        (wanted::Reason::Unknown, _) => "it depends on a value that the files do not contain".to_owned(),
    }
}

fn no_target(reason: &NoTarget) -> String {
    match reason {
        NoTarget::NoBroker => "the project has no broker".to_owned(),
        NoTarget::Ambiguous(brokers) => {
            format!("the project has several clusters (`{}`); name the broker with --broker", brokers.join("`, `"))
        }
        NoTarget::OnlyLoopback(broker) => {
            format!("`{broker}` advertises nothing but localhost, so another address would only move the error")
        }
        NoTarget::Elsewhere(broker, host) => {
            format!("`{broker}` advertises `{host}`, which is not one of its names on a network of the project")
        }
        NoTarget::NotBound(broker, address) => format!("`{broker}` advertises `{address}` but does not listen there"),
        NoTarget::Secured(broker) => {
            format!("the only listener of `{broker}` for containers requires credentials or certificates")
        }
        NoTarget::OnHost(broker) => format!(
            "it uses host networking, where the name `{broker}` does not resolve, and no listener of `{broker}` advertises localhost"
        ),
        NoTarget::Unknown(broker) => format!("cannot tell how to reach `{broker}`: its env file is missing"),
        NoTarget::NoSharedNetwork(broker) => format!("it shares no network with `{broker}`"),
    }
}

fn of_broker(obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::Secured(broker) => format!(
            "the listeners of `{broker}` require credentials or certificates; add a listener that advertises `{broker}` by hand"
        ),
        Obstacle::MixedCluster(broker) => format!(
            "`{broker}` of the same cluster advertises something else; give each broker a listener with one name that advertises its service"
        ),
        Obstacle::TwoListenerNames(one, other) => format!(
            "brokers of one cluster would reach each other at listeners with two names, `{one}` and `{other}`; give them one name"
        ),
        Obstacle::AdvertisesNothing => "the broker advertises nothing".to_owned(),
        Obstacle::AdvertisesUnspecified(broker, listener) => format!(
            "Kafka does not start: `{broker}` advertises 0.0.0.0; advertise localhost for `{listener}` and run composefix again"
        ),
        Obstacle::NoFreePort(broker) => format!("no usual port of `{broker}` is free for a second listener"),
        Obstacle::UnknownBinding(broker, setting) => {
            format!("cannot tell where `{broker}` listens; set {setting}")
        }
        Obstacle::UnknownController(broker, setting) => format!(
            "the image of `{broker}` decides where its controller listens; set {setting} with all of its listeners"
        ),
        Obstacle::NotInCommand(broker, property) => {
            format!("the command of `{broker}` does not set {property}, which a second listener needs; add it there")
        }
        Obstacle::FlagForm(broker) => {
            format!("composefix cannot edit the flags of `{broker}` in the form in which they are written")
        }
        Obstacle::KraftSettings(roles) => format!("set `{roles}` and the other KRaft settings, and remove ZooKeeper"),
        Obstacle::SameForCluster(variable) => {
            format!("set `{variable}`, to the same value for all nodes of the cluster")
        }
        Obstacle::Scaled(broker) => {
            format!(
                "replace the replicas of `{broker}` with one service for each broker: each needs its own ID, names and ports"
            )
        }
        Obstacle::AddressGiven(address) => {
            format!("advertise `{address}`, the address that --address sets, or remove --address")
        }
        Obstacle::OlderThanKraft(version) => {
            format!("the script of this version does not support KRaft; use version {version} of the image or later")
        }
        Obstacle::ScriptRejects(variable, says) => {
            let says: String = says.chars().take(80).collect();
            format!("set `{variable}` by hand; the script of the image prints: {says}")
        }
        Obstacle::NotYet(version) => format!("use an image with Kafka {version} or later, or remove the setting"),
        Obstacle::Gone(variable) => format!("set `{variable}` instead"),
        Obstacle::NoVariable(property) => format!("its image has no variable for {property}"),
        Obstacle::NoZooKeeper(broker) => format!("cannot tell which ZooKeeper `{broker}` should use; set its address"),
    }
}

fn no_healthcheck(reason: &NoHealthcheck) -> String {
    match reason {
        NoHealthcheck::Disabled(broker) => format!("the health check of `{broker}` is disabled"),
        NoHealthcheck::NoTest(broker) => {
            format!("the health check of `{broker}` has no test, and its image has none")
        }
        NoHealthcheck::EnvFileMissing(broker) => {
            format!("cannot tell where `{broker}` listens: its env file is missing")
        }
        NoHealthcheck::BuiltHere(broker) => {
            format!("cannot tell whether the image of `{broker}`, which is built here, has a health check")
        }
        NoHealthcheck::Unknown(broker, reason) => format!("no health check is known for `{broker}`: {reason}"),
    }
}

fn of_proof(unproven: &Unproven) -> String {
    const REPORT: &str = "this is a bug in composefix: please report it, with the compose file";
    match unproven {
        Unproven::ChangesOthers(names) => {
            format!("the edit would also change `{}`, which shares what is written there", names.join("`, `"))
        }
        Unproven::Ineffective => "the fix would not be enough: the problem would still be there".to_owned(),
        Unproven::Breaks { name, rule, .. } => format!("with the fix, `{name}` would have a new problem ({rule})"),
        Unproven::NotTried => "too many fixes of this project failed, so this one was not tried".to_owned(),
        Unproven::Unreadable(error) => format!("the fixed file could not be read again ({error}); {REPORT}"),
        Unproven::OtherMeaning => format!("the fixed file would not mean what the fix intends; {REPORT}"),
        Unproven::LostComment(comment) => format!("the fixed file would lose the comment `{comment}`; {REPORT}"),
    }
}
