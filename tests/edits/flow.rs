//! Sections in brackets and braces, and JSON.

use crate::{check, check_all, dependency, variable};

#[test]
fn a_collection_on_one_line_grows_on_it() {
    check_all(
        variable,
        &[
            "
 services:
   app:
-    environment: {A: 1, B: \"x\"}  # two
+    environment: {A: 1, B: \"x\", KAFKA_BROKERS: kafka:9092}  # two
",
            "
 services:
   app:
-    environment: { A: 1 }
+    environment: { A: 1, KAFKA_BROKERS: kafka:9092 }
",
            "
 services:
   app:
-    environment: [A=1,]
+    environment: [A=1, KAFKA_BROKERS=kafka:9092,]
",
            "
 services:
   app:
-    environment: [ \"A=1\", \"B=2\" ]
+    environment: [ \"A=1\", \"B=2\", \"KAFKA_BROKERS=kafka:9092\" ]
",
            "
 services:
   app:
     environment: {A: 1,
-                  B: 2}
+                  B: 2,
+                  KAFKA_BROKERS: kafka:9092}
",
        ],
    );
}

#[test]
fn a_collection_with_a_line_for_each_entry_gets_another_line() {
    check_all(
        variable,
        &[
            "
 services:
   app:
     environment: {
       A: 1,
-      B: 2  # two
+      B: 2,  # two
+      KAFKA_BROKERS: kafka:9092
     }
",
            "
 services:
   app:
     environment: [
       A=1,  # one
       B=2,  # two
+      KAFKA_BROKERS=kafka:9092,
     ]
",
            "
 services:
   app:
     environment: [
       A=1,
-      B=2
+      B=2,
+      KAFKA_BROKERS=kafka:9092
       # C=3
     ]
",
            "
 services:
   app:
     environment: {
-      A: 1, B: 2
+      A: 1, B: 2, KAFKA_BROKERS: kafka:9092
     }
",
        ],
    );
}

#[test]
fn a_service_in_braces_gets_its_section_in_braces() {
    check_all(
        variable,
        &[
            "
 services:
-  app: {image: app, ports: []}
+  app: {image: app, environment: {KAFKA_BROKERS: kafka:9092}, ports: []}
",
            "
 services:
-  app: { image: app, environment: {} }
+  app: { image: app, environment: {KAFKA_BROKERS: kafka:9092} }
",
            "
 services:
   app: {
-    image: app, ports: []
+    image: app, environment: {KAFKA_BROKERS: kafka:9092}, ports: []
   }
",
            "
 services:
-  app: {image: app, environment: }
+  app: {image: app, environment: {KAFKA_BROKERS: kafka:9092} }
",
        ],
    );
}

#[test]
fn a_list_of_dependencies_becomes_a_map_in_braces() {
    check_all(
        dependency,
        &[
            "
 services:
   app:
-    depends_on: [db, kafka] # both
+    depends_on: {db: {condition: service_started}, kafka: {condition: service_healthy}} # both
",
            "
 services:
   app:
-    depends_on: [ 'db' ]
+    depends_on: { 'db': { condition: service_started }, 'kafka': { condition: service_healthy } }
",
            "
 services:
   app:
-    depends_on: [
-      db,  # the truth
-    ]
+    depends_on: {
+      db: {condition: service_started},  # the truth
+      kafka: {condition: service_healthy},
+    }
",
            "
 services:
   app:
-    depends_on: {db: {condition: service_healthy}}
+    depends_on: {db: {condition: service_healthy}, kafka: {condition: service_healthy}}
",
        ],
    );
}

#[test]
fn a_value_with_brackets_is_quoted_inside_brackets() {
    let set =
        |project: &_| composefix::repair::set_variable(project, crate::app(project), "V", "${HOST}:1,b:2", |_| false);
    check(
        set,
        "
 services:
   app:
-    environment: {A: 1}
+    environment: {A: 1, V: \"${HOST}:1,b:2\"}
",
    );
}

#[test]
fn json_stays_json() {
    check(
        variable,
        r#"
 {
   "services": {
     "app": {
       "image": "app",
+      "environment": {"KAFKA_BROKERS": "kafka:9092"},
       "ports": ["1:1"]
     }
   }
 }
"#,
    );
    check(
        variable,
        r#"
 {
   "services": {
     "app": {
       "environment": {
-        "A": 1
+        "A": 1,
+        "KAFKA_BROKERS": "kafka:9092"
       }
     }
   }
 }
"#,
    );
    check(
        variable,
        r#"
-{"services": {"app": {"environment": {}}}}
+{"services": {"app": {"environment": {"KAFKA_BROKERS": "kafka:9092"}}}}
"#,
    );
    check(
        dependency,
        r#"
 {
   "services": {
     "app": {
-      "depends_on": [
-        "db"
-      ]
+      "depends_on": {
+        "db": {
+          "condition": "service_started"
+        },
+        "kafka": {
+          "condition": "service_healthy"
+        }
+      }
     }
   }
 }
"#,
    );
    check(
        dependency,
        r#"
 {
   "services": {
     "app": {
-      "image": "app"
+      "image": "app",
+      "depends_on": {
+        "kafka": {
+          "condition": "service_healthy"
+        }
+      }
     }
   }
 }
"#,
    );
    check(
        dependency,
        r#"
 {"services": {
   "app": {
     "image": "app",
-    "environment": {"A": "b"}
+    "environment": {"A": "b"},
+    "depends_on": {"kafka": {"condition": "service_healthy"}}
   }
 }}
"#,
    );
    check(
        dependency,
        r#"
-{"services": {"app": {"depends_on": []}}}
+{"services": {"app": {"depends_on": {"kafka": {"condition": "service_healthy"}}}}}
"#,
    );
}
