//! A health check for a broker.

use composefix::compose::{HealthcheckSetting, Project};
use composefix::repair::{self, Repair};

use crate::{Outcome, check_all, check_refused};

/// Gives `kafka` a health check, unless it has one.
fn healthcheck(project: &Project) -> Outcome {
    let kafka = project.service("kafka").expect("an example has a broker");
    if kafka.healthcheck.is_some() {
        return Ok(Repair::default());
    }
    let test = ["CMD-SHELL", "kafka-topics --bootstrap-server $HOST:9092 --list"].map(str::to_owned).to_vec();
    let settings = [
        ("test", HealthcheckSetting::List(test)),
        ("interval", HealthcheckSetting::Text("10s".to_owned())),
        ("retries", HealthcheckSetting::Number(5)),
    ];
    repair::add_healthcheck(project, kafka, &settings, |other| other.name == "kafka2")
}

#[test]
fn it_follows_what_the_broker_runs_and_publishes() {
    check_all(
        healthcheck,
        &[
            r#"
 services:
   kafka:
     image: kafka
     ports:
       - "9092:9092"
+    healthcheck:
+      test: ["CMD-SHELL", "kafka-topics --bootstrap-server $$HOST:9092 --list"]
+      interval: 10s
+      retries: 5
     restart: always
"#,
            r#"
 services:
-  kafka: {image: kafka}
+  kafka: {image: kafka, healthcheck: {test: ["CMD-SHELL", "kafka-topics --bootstrap-server $$HOST:9092 --list"], interval: 10s, retries: 5}}
"#,
        ],
    );
}

#[test]
fn brokers_that_share_it_by_an_anchor_all_get_it_or_none() {
    check_all(
        healthcheck,
        &[r#"
 services:
   kafka: &kafka
     image: kafka
+    healthcheck:
+      test: ["CMD-SHELL", "kafka-topics --bootstrap-server $$HOST:9092 --list"]
+      interval: 10s
+      retries: 5
   kafka2:
     <<: *kafka
     hostname: kafka2
"#],
    );
    check_refused(
        healthcheck,
        "
 services:
   kafka: &kafka
     image: kafka
   topics:
     <<: *kafka
     command: create
",
        "the edit would also change `topics`, through an anchor",
    );
}
