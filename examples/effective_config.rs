//! Prints the configuration of each broker of a project as its image would make it, one JSON object a line, with what it is made from:
//! `cargo run --example effective_config FILE…`.

#![allow(clippy::print_stdout, reason = "it is what the program is for")]

use std::path::Path;
use std::sync::Arc;

use composefix::compose::{Project, ServiceHandle};
use composefix::kafka::broker::Broker;
use composefix::kafka::effective::{Container, EffectiveConfig, Tag, Value, recognise};
use composefix::source::Files;
use serde_json::{Map, json};

fn main() -> anyhow::Result<()> {
    let files: Vec<String> = std::env::args().skip(1).collect();
    for file in if files.is_empty() { vec!["examples/bike-share/compose.yaml".to_owned()] } else { files } {
        let Ok(project) = Project::load(&mut Files::default(), Path::new(&file)) else { continue };
        let project = Arc::new(project);
        let services = project.services.iter().map(|service| project.handle(service.id));
        for service in services.filter(is_broker) {
            println!("{}", described(&file, &service));
        }
    }
    Ok(())
}

/// A broker, or whatever else runs on a broker's image.
fn is_broker(service: &ServiceHandle) -> bool {
    let image = service.image.as_ref().map(|image| image.as_str());
    Broker::of(service.clone(), None, &|_| None).is_some() || image.is_some_and(|image| recognise(image).is_some())
}

fn described(file: &str, service: &ServiceHandle) -> serde_json::Value {
    let container = Container::of(service, None, &|_| None);
    let config = EffectiveConfig::of(container);
    let text = |value: &Value| json!({"text": value.text(), "shape": value.shape(), "reason": value.reason().map(|reason| format!("{reason:?}"))});
    let properties: Map<String, serde_json::Value> = config
        .properties()
        .map(|own| (own.name.to_owned(), json!({"value": text(own.value), "origin": format!("{:?}", own.origin)})))
        .collect();
    let container = config.container();
    json!({
        "file": file,
        "service": service.name,
        "image": container.image,
        "variables": container.variables.iter().map(|(name, value)| (name.clone(), text(value))).collect::<Map<_, _>>(),
        "more_variables": container.more_variables.as_ref().map(|reason| format!("{reason:?}")),
        "entrypoint": container.entrypoint,
        "command": container.command,
        "mounts": container.mounts,
        "names": container.names,
        "family": config.family().name,
        "tag_numbers": match config.tag() { Tag::Version(version) => version.to_string(), _ => String::new() },
        "script": config.scripts().last().map(|script| script.source.clone()),
        "scripts": config.scripts().len(),
        "kafka": format!("{:?}", config.kafka()),
        "by_script": config.is_started_by_script(),
        "properties": properties,
        "may_be_set": config.may_be_set().map(|(prefix, reason)| (prefix.to_owned(), json!(format!("{reason:?}")))).collect::<Map<_, _>>(),
        "refusals": config.refusals().iter().map(|own| json!({"variable": own.variable, "kind": format!("{:?}", own.kind), "says": own.says})).collect::<Vec<_>>(),
        "ignored": config.ignored().iter().map(|own| json!({"variable": own.variable, "property": own.property, "setter": format!("{:?}", own.setter)})).collect::<Vec<_>>(),
        "listeners": format!("{:?}", config.listeners()),
    })
}
