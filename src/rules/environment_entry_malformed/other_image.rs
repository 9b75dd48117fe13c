//! Settings of a broker in the words of another image.

use crate::analysis::Analysis;
use crate::compose::Service;
use crate::kafka::effective::Setter;
use crate::kafka::property::KafkaVersion;
use crate::kafka::startup::definition::Definition;

/// The last version of Kafka that has properties of ZooKeeper's.
const LAST_WITH_ZOOKEEPER: KafkaVersion = KafkaVersion::minor(3, 9);

/// The variable by which the image of a broker reads the setting that this variable is for in another image's vocabulary.
pub(super) fn of_another_image(analysis: &Analysis, service: &Service, name: &str) -> Option<String> {
    let broker = analysis.topology.node(service.id)?;
    let ignored = broker.config.ignored_as(name)?;
    let property = ignored.property.as_ref()?;
    let is_known = |version| Definition::of(property, version).is_some();
    match ignored.setter.as_ref()? {
        Setter::Variable(right) if is_known(KafkaVersion::NEWEST) || is_known(LAST_WITH_ZOOKEEPER) => {
            Some(right.clone())
        }
        _ => None,
    }
}
