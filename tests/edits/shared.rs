//! What others get by the same anchor: changed for all of them where that is right, else left as it is.

use composefix::compose::{Condition, Project};
use composefix::repair;

use crate::{Outcome, app, check, check_all, check_refused, dependency, variable};

/// Gives `app` the variable; every service may get it.
fn shared_variable(project: &Project) -> Outcome {
    repair::set_variable(project, app(project), "KAFKA_BROKERS", "kafka:9092", |_| true)
}

/// Makes `app` wait for a healthy `kafka`; every service but that may.
fn shared_dependency(project: &Project) -> Outcome {
    repair::require(project, app(project), &[("kafka".to_owned(), Condition::Healthy)], |other| other.name != "kafka")
}

#[test]
fn a_value_that_all_may_share_is_changed_at_its_place() {
    check_all(
        shared_variable,
        &[
            "
 x-env: &env
-  KAFKA_BROKERS: localhost:9092
+  KAFKA_BROKERS: kafka:9092
 services:
   app:
     environment: *env
   web:
     environment:
       <<: *env
       B: 2
",
            "
 services:
   app: &app
     environment:
-      - KAFKA_BROKERS=localhost:9092
+      - KAFKA_BROKERS=kafka:9092
   web:
     <<: *app
",
        ],
    );
    // Nobody else has it: no need to ask.
    check(
        variable,
        "
 x-env: &env
-  KAFKA_BROKERS: localhost:9092
+  KAFKA_BROKERS: kafka:9092
 services:
   app:
     environment:
       <<: *env
",
    );
}

#[test]
fn a_value_that_others_must_keep_is_hidden_by_the_services_own() {
    check_all(
        variable,
        &[
            "
 x-env: &env
   KAFKA_BROKERS: localhost:9092
 services:
   app:
-    environment: *env
+    environment:
+      <<: *env
+      KAFKA_BROKERS: kafka:9092
   web:
     environment: *env
",
            "
 x-address: &address localhost:9092
 services:
   app:
     environment:
-      KAFKA_BROKERS: *address
+      KAFKA_BROKERS: kafka:9092
   web:
     environment:
       KAFKA_BROKERS: *address
",
            "
 x-brokers: &brokers KAFKA_BROKERS=localhost:9092
 services:
   app:
     environment:
       - A=1
-      - *brokers # all
+      - KAFKA_BROKERS=kafka:9092 # all
   web:
     environment:
       - *brokers
",
            "
 x-app: &base
   environment: &env
     KAFKA_BROKERS: localhost:9092
 services:
-  app: *base
+  app:
+    <<: *base
+    environment:
+      <<: *env
+      KAFKA_BROKERS: kafka:9092
   web: *base
",
        ],
    );
}

#[test]
fn a_list_is_changed_for_all_who_share_it() {
    check_all(
        shared_variable,
        &[
            "
 x-env: &env
   - A=1
+  - KAFKA_BROKERS=kafka:9092
 services:
   app:
     environment: *env
   web:
     environment: *env
",
            "
 x-app: &base
   environment:
     - A=1
+    - KAFKA_BROKERS=kafka:9092
 services:
   app:
     <<: *base
",
            "
 x-env: &env
-  - KAFKA_BROKERS
+  - KAFKA_BROKERS=kafka:9092
 services:
   app:
     environment: *env
",
        ],
    );
}

#[test]
fn a_short_list_that_others_keep_is_written_in_full() {
    check_all(
        variable,
        &[
            "
 x-env: &env
   - A=1
   - KAFKA_BROKERS=localhost:9092
 services:
   app:
-    environment: *env
+    environment:
+      - A=1
+      - KAFKA_BROKERS=kafka:9092
   web:
     environment: *env
",
            "
 x-app: &base
   environment:
     - A=1
     - A=2
 services:
   app:
     <<: *base
+    environment:
+      - A=1
+      - A=2
+      - KAFKA_BROKERS=kafka:9092
   web:
     <<: *base
",
            "
 x-env: &env
   - A=1
 services:
-  app: {environment: *env}
+  app: {environment: [A=1, KAFKA_BROKERS=kafka:9092]}
   web:
     build:
       context: .
       args: *env
",
        ],
    );
}

#[test]
fn a_long_list_that_others_keep_becomes_a_map_that_the_service_merges() {
    check_all(
        variable,
        &[
            "
 x-env: &env
-  - A=1
-  - B=x  # of both
-  - \"C=a b\"
-  - D
-  - E=
+  A: \"1\"
+  B: x  # of both
+  C: \"a b\"
+  D:
+  E: \"\"
 services:
   app:
-    environment: *env
+    environment:
+      <<: *env
+      KAFKA_BROKERS: kafka:9092
   web:
     environment: *env
",
            "
 services:
   web:
     environment: &env
-    # hers
-    - A=1
-    - B=2
-    # hers too
-    - KAFKA_BROKERS=localhost:9092
-    - C=3
-    - D=4
+      # hers
+      A: \"1\"
+      B: \"2\"
+      # hers too
+      KAFKA_BROKERS: localhost:9092
+      C: \"3\"
+      D: \"4\"
   app:
-    environment: *env
+    environment:
+      <<: *env
+      KAFKA_BROKERS: kafka:9092
",
            "
 x-app: &base
-  environment:
-    - A=a
-    - B=b
-    - C=c
-    - D=d
-    - E=e
+  environment: &base-environment
+    A: a
+    B: b
+    C: c
+    D: d
+    E: e
 services:
   app:
     <<: *base
+    environment:
+      <<: *base-environment
+      KAFKA_BROKERS: kafka:9092
   web:
     <<: *base
",
            "
-x-env: &env [A=1, B, C=c, D=d, E=]
+x-env: &env {A: \"1\", B: null, C: c, D: d, E: \"\"}
 x-app: &base
   environment: *env
 services:
   app:
     <<: *base
+    environment:
+      <<: *env
+      KAFKA_BROKERS: kafka:9092
   web: {environment: *env}
",
        ],
    );
}

#[test]
fn a_long_list_that_cannot_become_a_map_is_written_in_full() {
    check(
        variable,
        "
 x-env: &env
   - ${PREFIX}_A=1
   - B=2
   - C=3
   - D=4
   - E=5
 services:
   app:
-    environment: *env
+    environment:
+      - ${PREFIX}_A=1
+      - B=2
+      - C=3
+      - D=4
+      - E=5
+      - KAFKA_BROKERS=kafka:9092
   web:
     environment: *env
",
    );
}

#[test]
fn what_others_would_get_is_refused() {
    let too = "the edit would also change `web`, through an anchor";
    check_refused(
        variable,
        "
 services:
   app:
     environment: &env
       A: 1
   web:
     environment: *env
",
        too,
    );
    check_refused(
        variable,
        "
 services:
   app: &app
     image: app
   web:
     <<: *app
",
        too,
    );
    check_refused(
        variable,
        "
 services:
   app:
     environment:
       KAFKA_BROKERS: &address localhost:9092
   web:
     environment:
       KAFKA_BROKERS: *address
",
        too,
    );
    check_refused(
        dependency,
        "
 services:
   app: &app
     depends_on:
       - db
   web:
     <<: *app
",
        too,
    );
}

#[test]
fn what_others_may_get_is_declared() {
    check(
        shared_variable,
        "
 services:
   app: &app
     image: app
+    environment:
+      KAFKA_BROKERS: kafka:9092
   web:
     <<: *app
",
    );
    check(
        shared_dependency,
        "
 services:
   app: &app
     depends_on:
-      - db
+      db:
+        condition: service_started
+      kafka:
+        condition: service_healthy
   web:
     <<: *app
     command: web
",
    );
    check_refused(
        shared_dependency,
        "
 services:
   app: &app
     depends_on:
       - db
   kafka:
     <<: *app
",
        "the edit would also change `kafka`, through an anchor",
    );
}

#[test]
fn an_anchor_that_reaches_more_than_environments_is_left_alone() {
    check_refused(
        shared_variable,
        "
 services:
   app:
     environment: &env
       A: 1
     build:
       context: .
       args: *env
",
        "the edit would change other places of the file through an anchor",
    );
}
