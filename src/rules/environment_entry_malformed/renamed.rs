//! What becomes of a broker if a variable that nothing reads gets its right name.

use crate::analysis::Analysis;
use crate::kafka::broker::Broker;
use crate::kafka::effective::{EffectiveConfig, Host, Listener, Origin};
use crate::kafka::judgement::Judgements;
use crate::kafka::property::LISTENERS;

/// A broker as it is, and as it would be.
pub(super) struct Renamed<'b> {
    broker: &'b Broker,
    /// The name that nothing reads, the right one, and their value.
    variable: (&'b str, &'b str, &'b str),
    after: EffectiveConfig,
}

impl<'b> Renamed<'b> {
    /// A broker one of whose variables gets another name, with its value.
    pub(super) fn of(broker: &'b Broker, variable: (&'b str, &'b str, &'b str)) -> Self {
        Self { broker, variable, after: renamed(&broker.meant, variable) }
    }

    /// Whether all properties have the values that the variable would give them, and the script of the image starts the broker without it.
    pub(super) fn is_without_effect(&self) -> bool {
        let (before, after) = (&self.broker.meant, &self.after);
        let is_own = |origin: &Origin| origin.variables() == [self.variable.0];
        let known = |config: &EffectiveConfig, name: &str| {
            config.property(name).and_then(|own| own.value.text().map(str::to_owned))
        };
        let is_same = |name: &str| {
            let (old, new) = (known(before, name), known(after, name));
            new.is_some() && old == new || name == LISTENERS && self.binds_the_same()
        };
        let names = before.properties().filter(|own| !is_own(own.origin)).chain(after.properties()).map(|own| own.name);
        before.is_started_by_script() && self.broker.config.refusals().is_empty() && names.into_iter().all(is_same)
    }

    fn binds_the_same(&self) -> bool {
        let bound = |config: &EffectiveConfig| {
            let all = config.listeners();
            let mut bound: Vec<(String, String, Option<u16>)> = all.listeners.iter().filter_map(bound_at).collect();
            bound.sort();
            (all.bound_unknown.is_none() && all.malformed.is_empty()).then_some(bound)
        };
        let after = bound(&self.after);
        after.is_some() && bound(&self.broker.meant) == after
    }

    /// Whether a listener that serves clients would no longer do so, and not even with the corrections that Kafka would ask for then.
    pub(super) fn loses_listeners(&self, analysis: &Analysis) -> bool {
        let serves = |own: &&Listener| {
            own.bound.is_some() && own.advertised.as_ref().is_some_and(|own| !matches!(own.host, Host::Any(_)))
        };
        let port = |own: &Listener| own.bound.as_ref().and_then(|bound| bound.port);
        let (before, after) = (self.broker.meant.listeners(), self.after.listeners());
        let stays = |own: &Listener| {
            after
                .listeners
                .iter()
                .filter(serves)
                .any(|it| it.name.eq_ignore_ascii_case(&own.name) && port(it) == port(own))
        };
        let is_lost = before.for_clients().filter(serves).any(|own| !stays(own));
        is_lost
            && !Judgements::would_start(
                &analysis.topology,
                self.broker.service.id,
                renamed(&self.broker.config, self.variable),
            )
    }
}

fn renamed(config: &EffectiveConfig, (name, right, value): (&str, &str, &str)) -> EffectiveConfig {
    config.with(&[(name, None), (right, Some(value))])
}

/// Where a listener is bound: its name, its host unless it is every interface, and its port.
fn bound_at(listener: &Listener) -> Option<(String, String, Option<u16>)> {
    let bound = listener.bound.as_ref()?;
    let host = match &bound.host {
        Host::Any(_) => String::new(),
        host => format!("{host:?}"),
    };
    Some((listener.name.to_ascii_uppercase(), host, bound.port))
}
