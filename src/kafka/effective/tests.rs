mod commands;
mod files;
mod ignored;
mod listeners;
mod refusals;
mod setters;
mod unknown;
mod values;

use super::*;

fn config(image: &str, variables: &[(&str, &str)]) -> EffectiveConfig {
    started(image, variables, &[])
}

/// The configuration of the service `kafka`.
fn started(image: &str, variables: &[(&str, &str)], command: &[&str]) -> EffectiveConfig {
    let mut container = Container::of_image(image, "kafka");
    for (name, value) in variables {
        container.set(name, value);
    }
    container.command = (!command.is_empty()).then(|| command.iter().map(|word| (*word).to_owned()).collect());
    EffectiveConfig::of(container)
}

fn with_unknown(image: &str, name: &str, value: Value) -> EffectiveConfig {
    let mut container = Container::of_image(image, "kafka");
    container.variables.push((name.to_owned(), value));
    EffectiveConfig::of(container)
}

fn says(config: &EffectiveConfig) -> Vec<&str> {
    config.refusals().iter().map(|own| own.variable.as_str()).collect()
}

/// The listeners as `NAME bound -> advertised`.
fn written(config: &EffectiveConfig) -> Vec<String> {
    let listeners = config.listeners().listeners;
    let side = |own: &Option<Address>| match own {
        None => "-".to_owned(),
        Some(address) => {
            let host = match &address.host {
                Host::Any(_) => "any",
                Host::Loopback(_) => "loopback",
                Host::Container => "container",
                Host::Own(name) | Host::Other(name) | Host::Unknown(name) => name,
            };
            format!("{host}:{}", address.port.map_or("?".to_owned(), |port| port.to_string()))
        }
    };
    listeners.iter().map(|own| format!("{} {} -> {}", own.name, side(&own.bound), side(&own.advertised))).collect()
}
