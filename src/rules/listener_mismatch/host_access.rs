//! A listener for programs on the host, if the user asks for it.

use crate::analysis::Analysis;
use crate::finding::{Applicability, Finding, Fix, Reason, Severity};
use crate::kafka::broker::Broker;
use crate::repair::set_target;
use crate::rules::support::fix;
use crate::rules::support::new_listener::host_listener;
use crate::rules::support::settings::change_settings;

use super::finds;

/// A broker that publishes the port of a listener but advertises only service names. Who runs on the host is not in the files, so this
/// is a problem only if the user says so. Containers keep their listener: the published port leads to the new one.
pub(super) fn no_host_access(analysis: &Analysis, broker: &Broker) -> Option<Finding> {
    if !analysis.topology.hints.host_access {
        return None;
    }
    let (ports, published) = broker.published_without_host_listener()?;
    let plan = || -> Result<Fix, Reason> {
        let (listener, port) = host_listener(broker, published)?;
        let settings = change_settings(analysis, broker, &listener.settings, &|_| false)?;
        let port = set_target(&analysis.project, &broker.service, ports, port, |_| false)?;
        let applicability = if listener.caveat.is_none() { Applicability::Safe } else { Applicability::Unsafe };
        Ok(fix(format!("advertise `{}` to the host", listener.address), applicability, settings.and(port)))
    };
    let message = format!(
        "`{}` publishes port {published} but advertises only service names, which programs on the host cannot resolve",
        broker.service.name
    );
    Some(finds(analysis, broker, message).aspect("host-access").severity(Severity::Warning).remedy(plan()))
}
