//! Sections that a service gets by an alias or a merge key.

use crate::{check, check_all, check_refused, dependency, variable};

#[test]
fn an_alias_of_a_map_is_merged() {
    check_all(
        variable,
        &[
            "
 x-env: &env
   A: 1
 services:
   app:
-    environment: *env  # all
+    environment:  # all
+      <<: *env
+      KAFKA_BROKERS: kafka:9092
   web:
     environment: *env
",
            "
 x-env: &env
   A: 1
 services:
   app:
     environment:
       # all
-      *env
+      <<: *env
+      KAFKA_BROKERS: kafka:9092
   web:
     environment: *env
",
            "
 x-env: &env {A: 1}
 services:
-  app: {environment: *env}
+  app: {environment: {<<: *env, KAFKA_BROKERS: kafka:9092}}
",
            "
 x-env: &env
 services:
   app:
-    environment: *env
+    environment:
+      KAFKA_BROKERS: kafka:9092
",
        ],
    );
}

#[test]
fn a_merge_key_inside_the_section_stays() {
    check_all(
        variable,
        &[
            "
 x-env: &env
   KAFKA_BROKERS: localhost:9092
 services:
   app:
     environment:
       <<: *env
+      KAFKA_BROKERS: kafka:9092
   web:
     environment: *env
",
            "
 x-a: &a {A: 1}
 x-b: &b {B: 1}
 services:
   app:
     environment:
       <<: [*a, *b]
       C: 3
+      KAFKA_BROKERS: kafka:9092
",
        ],
    );
}

#[test]
fn a_merged_section_survives_the_services_own() {
    check_all(
        variable,
        &[
            "
 x-app: &base
-  environment:
+  environment: &base-environment
     A: 1
 services:
   app:
     <<: *base
+    environment:
+      <<: *base-environment
+      KAFKA_BROKERS: kafka:9092
     command: run
   web:
     <<: *base
",
            "
 x-app: &base
   environment: &env
     A: 1
 services:
   app:
     <<: *base
     image: app
+    environment:
+      <<: *env
+      KAFKA_BROKERS: kafka:9092
   web:
     <<: *base
",
            "
 x-env: &env {A: 1}
 x-app: &base
   environment: *env
 services:
   app:
     <<: *base
+    environment:
+      <<: *env
+      KAFKA_BROKERS: kafka:9092
",
            "
 x-app: &base
   environment:
 services:
   app:
     <<: *base
+    environment:
+      KAFKA_BROKERS: kafka:9092
",
            "
 x-image: &image {image: app}
 x-app: &base
-  environment:
+  environment: &base-environment
     A: 1
 services:
   app:
     <<: [*image, *base]
+    environment:
+      <<: *base-environment
+      KAFKA_BROKERS: kafka:9092
",
        ],
    );
}

#[test]
fn a_service_that_is_an_alias_becomes_a_map() {
    check_all(
        variable,
        &[
            "
 x-app: &base
   image: app
 services:
-  app: *base
+  app:
+    <<: *base
+    environment:
+      KAFKA_BROKERS: kafka:9092
   web: *base
",
            "
 x-app: &base
   image: app
-  environment:
+  environment: &base-environment
     A: 1
 services:
-  app: *base  # the app
+  app:  # the app
+    <<: *base
+    environment:
+      <<: *base-environment
+      KAFKA_BROKERS: kafka:9092
   web: *base
",
        ],
    );
}

#[test]
fn dependencies_survive_the_services_own() {
    check_all(
        dependency,
        &[
            "
 x-app: &base
-  depends_on:
+  depends_on: &base-depends_on
     db:
       condition: service_healthy
 services:
   app:
     <<: *base
+    depends_on:
+      <<: *base-depends_on
+      kafka:
+        condition: service_healthy
   web:
     <<: *base
",
            "
 x-app: &base
   depends_on:
     - db
     - kafka
 services:
   app:
     <<: *base
+    depends_on:
+      db:
+        condition: service_started
+      kafka:
+        condition: service_healthy
   web:
     <<: *base
",
            "
 x-needs: &needs
   db: {condition: service_healthy}
 services:
   app:
-    depends_on: *needs
+    depends_on:
+      <<: *needs
+      kafka:
+        condition: service_healthy
   web:
     depends_on: *needs
",
            "
 x-needs: &needs [db, cache]
 services:
   app:
-    depends_on: *needs
+    depends_on:
+      db:
+        condition: service_started
+      cache:
+        condition: service_started
+      kafka:
+        condition: service_healthy
   web:
     depends_on: *needs
",
            "
 x-needs: &needs
   db: &healthy
     condition: service_started
     restart: true
 services:
   app:
     depends_on:
       <<: *needs
-      kafka: *healthy
+      kafka:
+        <<: *healthy
+        condition: service_healthy
   web:
     depends_on: *needs
",
        ],
    );
}

#[test]
fn settings_of_a_merged_dependency_are_not_lost() {
    check_refused(
        dependency,
        "
 x-needs: &needs
   kafka:
     condition: service_started
     restart: true
 services:
   app:
     depends_on:
       <<: *needs
",
        "the dependency on `kafka` comes from a merge key, with settings that a new entry would hide",
    );
}

#[test]
fn an_anchor_that_is_defined_again_before_the_service_is_refused() {
    check_refused(
        variable,
        "
 x-app: &base
   environment: &env
     A: 1
 x-other: &env
   B: 2
 services:
   app:
     <<: *base
   web:
     <<: *base
",
        "the anchor `&env` of its `environment` is redefined before the service",
    );
}

#[test]
fn a_new_anchor_has_a_name_of_its_own() {
    check(
        variable,
        "
 x-other: &base-environment {B: 2}
 x-app: &base
-  environment:
+  environment: &base-environment-2
     A: 1
 services:
   app:
     <<: *base
+    environment:
+      <<: *base-environment-2
+      KAFKA_BROKERS: kafka:9092
   web:
     <<: *base
",
    );
}
