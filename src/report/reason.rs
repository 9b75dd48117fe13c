//! The words for what keeps a problem from being fixed.

use crate::finding::{FileLine, Finding, NoHealthcheck, Reason, Remedy, Unproven};
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
        Reason::NoNetwork(services) => match services.as_slice() {
            [service] => format!("`{service}` is not on any network of the project"),
            several => format!("`{}` share no network", several.join("`, `")),
        },
        Reason::SeveralNetworks(services, networks) => {
            let verb = if services.len() == 1 { "is on" } else { "share" };
            format!("`{}` {verb} several networks: `{}`", services.join("`, `"), networks.join("`, `"))
        }
        Reason::InCode(path, line) => format!("no variable overrides the address in {}:{line}", path.display()),
        Reason::Secret(path) => format!(
            "the value contains a password that must not be copied into a compose file; change the address in {}",
            path.display()
        ),
        Reason::InFile(lines) => in_file(lines),
        Reason::InEnvFile => "composefix does not edit env files".to_owned(),
        Reason::NetworkMode { service, mode } => {
            format!("cannot tell whether `{service}` needs `network_mode: {mode}` for something else")
        }
        Reason::EnvFile(variable) => format!("an env file sets `{variable}`; remove it there"),
        Reason::Shared => "services share the same lines, so one edit cannot change them all".to_owned(),
        Reason::NothingLeft(_) => "the edit would leave an empty section; remove the variables by hand".to_owned(),
        Reason::Declined => "you declined the fix".to_owned(),
        Reason::OutOfScope(service) => format!("the edit would also change `{service}`, which --only leaves out"),
        Reason::Ignored { service, rule } => {
            format!("the edit would also change `{service}`, for which a comment ignores {rule}")
        }
    }
}

fn in_file(lines: &[FileLine]) -> String {
    let mut paths: Vec<String> = lines.iter().map(|own| own.place.path.display().to_string()).collect();
    paths.dedup();
    format!("composefix edits only compose files; the settings are in {}", paths.join(", "))
}

fn startup(refusal: &wanted::Refusal) -> String {
    let subjects = refusal.objection.subjects.join("`, `");
    match (refusal.reason, refusal.objection.check) {
        (wanted::Reason::Value, Check::PortTwice) => {
            format!(
                "cannot tell which listener should move; give each of `{subjects}` its own port, and change its clients too"
            )
        }
        (wanted::Reason::Value, Check::ListenerTwice) => {
            format!(
                "cannot tell which listener to rename; give one of the listeners `{subjects}` another name, in every setting that names it"
            )
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
            "the right values depend on the other nodes; make the settings of all nodes agree".to_owned()
        }
        (wanted::Reason::StoredVoters, _) => {
            "before Kafka 3.9, a node does not start with other voters than those in its data; remove its data and give all nodes the same voters".to_owned()
        }
        (wanted::Reason::Unknown, _) => "the right value depends on one that the files do not contain".to_owned(),
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
        NoTarget::OnHost { client, broker } => {
            format!("`{client}` uses host networking, but `{broker}` has no listener that advertises localhost")
        }
        NoTarget::Unknown(broker) => format!("cannot tell how to reach `{broker}`: its env file is missing"),
        NoTarget::UnknownAddress(broker, Some(variable)) => {
            format!("cannot tell at which address containers reach `{broker}`: `{variable}` is not set")
        }
        NoTarget::UnknownAddress(broker, None) => {
            format!("cannot tell at which address containers reach `{broker}`: it is not in the files")
        }
        NoTarget::NoSharedNetwork { client, broker } => format!("`{client}` shares no network with `{broker}`"),
    }
}

fn of_broker(obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::Secured(broker, host) => format!(
            "the listeners of `{broker}` require credentials or certificates; add a listener that advertises `{host}` by hand"
        ),
        Obstacle::MixedCluster(broker) => format!(
            "`{broker}` of the same cluster advertises something else; give each broker a listener with the same name that advertises its service"
        ),
        Obstacle::TwoListenerNames(one, other) => format!(
            "brokers of one cluster would reach each other at listeners with two names, `{one}` and `{other}`; give them the same name"
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
        Obstacle::KraftSettings(roles) => {
            format!("cannot choose the KRaft settings; set `{roles}` and the others, and remove ZooKeeper")
        }
        Obstacle::SameForCluster(variable) => {
            format!("cannot choose a cluster ID; set `{variable}` to the same value for all nodes of the cluster")
        }
        Obstacle::Scaled(broker) => {
            format!(
                "each broker needs its own ID, names and ports; replace the replicas of `{broker}` with one service for each"
            )
        }
        Obstacle::AddressGiven(address) => {
            format!(
                "--address sets `{address}`, which the broker does not advertise; advertise it, or remove --address"
            )
        }
        Obstacle::OlderThanKraft(version) => {
            format!("the script of this version does not support KRaft; use version {version} of the image or later")
        }
        Obstacle::ScriptRejects(variable, says) => {
            let says: String = says.trim_end_matches('.').chars().take(80).collect();
            format!("cannot choose a value for `{variable}`; set it by hand (the script of the image prints: {says})")
        }
        Obstacle::NotYet(version) => {
            format!("only Kafka {version} and later read the setting; use a later image, or remove the setting")
        }
        Obstacle::Gone(variable) => {
            format!("this version of Kafka does not read the setting; set `{variable}` instead")
        }
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
        NoHealthcheck::UnknownAddress(broker) => format!("cannot tell where `{broker}` listens"),
        NoHealthcheck::Unknown(broker) => {
            format!("composefix knows no health check for the image of `{broker}`")
        }
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
