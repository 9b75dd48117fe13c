//! Why the settings of a broker cannot be completed by a tool.

/// Why a person must choose a broker's settings. Names are those of services, listeners or variables, depending on the variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The listeners of this service require credentials or certificates, and so may the one that is to advertise this host.
    Secured(String, String),
    /// This service is of the same cluster and advertises something else.
    MixedCluster(String),
    /// Brokers of one cluster would reach each other at listeners of these two names.
    TwoListenerNames(String, String),
    /// The broker advertises nothing.
    AdvertisesNothing,
    /// This service advertises, for this listener, the address of every interface.
    AdvertisesUnspecified(String, String),
    /// No usual port of this service is free for a second listener.
    NoFreePort(String),
    /// It is unknown where this service listens; this variable or flag would set it.
    UnknownBinding(String, String),
    /// The image decides where the controller of this service listens; this variable would set it.
    UnknownController(String, String),
    /// The command of this service does not set this property, which a second listener needs.
    NotInCommand(String, String),
    /// The flags of this service are written in a form that an edit cannot change.
    FlagForm(String),
    /// This variable and the other settings of KRaft have to be set.
    KraftSettings(String),
    /// This variable has to be set, to the same value for all nodes of the cluster.
    SameForCluster(String),
    /// This service has several containers, and each broker needs settings of its own.
    Scaled(String),
    /// The user says that containers reach the broker at this address, which it does not advertise.
    AddressGiven(String),
    /// KRaft settings are set, and the script of the image knows none; that of this version is the first that does.
    OlderThanKraft(String),
    /// The script of the image still rejects this variable, with these words.
    ScriptRejects(String, String),
    /// Only this version of Kafka and later ones have the setting.
    NotYet(String),
    /// This variable sets what the setting was for in older versions of Kafka.
    Gone(String),
    /// No variable of the image sets this property.
    NoVariable(String),
    /// It is not clear which ZooKeeper this service should use.
    NoZooKeeper(String),
}
