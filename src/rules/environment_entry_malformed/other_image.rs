//! Settings of a broker in words that its image or Kafka does not read.

use crate::analysis::Analysis;
use crate::compose::Service;
use crate::kafka::effective::Setter;
use crate::kafka::property::KafkaVersion;
use crate::kafka::startup::definition::Definition;
use crate::kafka::startup::objection::{Check, Objection};

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

/// The variable of the property that is meant, if the image makes a misspelt one of this variable: Kafka ignores what it does not know.
pub(super) fn misspelt_property(analysis: &Analysis, service: &Service, name: &str) -> Option<String> {
    let broker = analysis.topology.node(service.id).filter(|broker| broker.is_known() && service.build.is_none())?;
    let is_of_variable = |objection: &&Objection| {
        let property = objection.places.first().and_then(|place| broker.config.property(&place.property));
        objection.check == Check::Misspelt && property.is_some_and(|own| own.origin.variables() == [name])
    };
    let objection = analysis.judgement(service.id)?.objections.iter().find(is_of_variable)?;
    broker.variable_of(objection.subjects.first()?)
}
