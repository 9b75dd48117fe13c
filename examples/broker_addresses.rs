//! Prints the brokers of a project, and the addresses at which containers reach them: `cargo run --example broker_addresses FILE`.

#![allow(clippy::print_stdout, reason = "it is what the program is for")]

use std::path::Path;
use std::sync::Arc;

use composefix::code::Containers;
use composefix::compose::Project;
use composefix::kafka::topology::Topology;
use composefix::source::Files;

fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "examples/bike-share/compose.yaml".to_owned());
    let project = Project::load(&mut Files::default(), Path::new(&path))?;
    let topology = Topology::new(Arc::new(project), Arc::default(), &Containers::default());
    for broker in &topology.brokers {
        println!("{}: {}", broker.service.name, topology.addresses_for_containers(broker).join(", "));
    }
    Ok(())
}
