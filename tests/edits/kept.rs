//! What an edit preserves: comments in every place, tags, and the spaces and line breaks of the file.

use composefix::compose::Project;
use composefix::repair;

use crate::{app, check, check_all, check_refused, check_texts, dependency, variable};

#[test]
fn comments_in_an_empty_collection_stay_above_its_first_entry() {
    check(
        variable,
        "
 services:
   app:
     environment: {  # nothing yet
       # DEBUG: 1
+      KAFKA_BROKERS: kafka:9092
     }
",
    );
    check(
        variable,
        "
 services:
   app:
     environment: [  # nothing yet
+      KAFKA_BROKERS=kafka:9092
     ]  # end
",
    );
    check(
        dependency,
        "
 services:
   app:
-    depends_on: [  # none
+    depends_on: {  # none
       # - db
-    ]
+      kafka: {condition: service_healthy}
+    }
",
    );
}

#[test]
fn the_comment_of_a_block_scalar_stays_behind_the_value_that_replaces_it() {
    check(
        variable,
        "
 services:
   app:
     environment:
-      KAFKA_BROKERS: >-  # for development
-        localhost:9092
+      KAFKA_BROKERS: kafka:9092  # for development
       B: 1
",
    );
}

#[test]
fn a_section_behind_override_is_edited_like_any_other() {
    check(
        variable,
        "
 services:
   app:
     environment: !override
       - A=1
+      - KAFKA_BROKERS=kafka:9092
",
    );
    check(
        dependency,
        "
 services:
   app:
-    depends_on: !override [db]
+    depends_on: !override {db: {condition: service_started}, kafka: {condition: service_healthy}}
",
    );
    check(
        dependency,
        "
 services:
   app:
     depends_on: !override
-      - db
+      db:
+        condition: service_started
+      kafka:
+        condition: service_healthy
",
    );
}

#[test]
fn a_section_behind_reset_is_refused_since_compose_drops_what_is_in_it() {
    let reason = "its `environment` has the tag `!reset`, so Compose drops its content";
    for text in [
        "\n services:\n   app:\n     environment: !reset\n       MODE: live\n",
        "\n services:\n   app:\n     environment: !reset {}\n",
        "\n services:\n   app:\n     environment: !reset null\n",
    ] {
        check_refused(variable, text, reason);
    }
}

#[test]
fn a_tag_goes_with_the_type_that_it_names() {
    check_all(
        dependency,
        &[
            "
 services:
   app:
-    depends_on: !!seq
-      - db
+    depends_on:
+      db:
+        condition: service_started
+      kafka:
+        condition: service_healthy
",
            "
 services:
   app:
-    depends_on: !!seq []
+    depends_on:
+      kafka:
+        condition: service_healthy
",
            "
 services:
   app:
-    depends_on: !<tag:yaml.org,2002:seq> [db]
+    depends_on: {db: {condition: service_started}, kafka: {condition: service_healthy}}
",
        ],
    );
    check(
        variable,
        "
 services:
   app:
     environment:
-      KAFKA_BROKERS: !!binary bG9jYWxob3N0OjkwOTI=
+      KAFKA_BROKERS: kafka:9092
       A: !!str 1
",
    );
}

#[test]
fn a_list_with_a_variable_in_it_stays_a_list() {
    check_refused(
        dependency,
        "
 services:
   app:
     depends_on: [\"${DB:-db}\"]
",
        "`depends_on` lists `${DB:-db}`; a condition needs a map, and Compose does not replace variables in its keys",
    );
}

#[test]
fn an_empty_block_scalar_at_the_end_stays_empty() {
    for sign in ["|", ">", "|+", ">-"] {
        let before = format!("services:\n  app:\n    environment:\n      BANNER: {sign}\n");
        check_texts(variable, &before, &format!("{before}      KAFKA_BROKERS: kafka:9092\n"));
    }
}

#[test]
fn json_gets_lines_and_tabs_like_those_beside() {
    check_texts(
        variable,
        "{\n\t\"services\": {\n\t\t\"app\": {\n\t\t\t\"environment\": [\n\t\t\t\t\"A=1\"\n\t\t\t]\n\t\t}\n\t}\n}\n",
        "{\n\t\"services\": {\n\t\t\"app\": {\n\t\t\t\"environment\": [\n\t\t\t\t\"A=1\",\n\t\t\t\t\"KAFKA_BROKERS=kafka:9092\"\n\t\t\t]\n\t\t}\n\t}\n}\n",
    );
    check_texts(
        dependency,
        "{\n\t\"services\": {\n\t\t\"app\": {\n\t\t\t\"image\": \"a\"\n\t\t}\n\t}\n}\n",
        "{\n\t\"services\": {\n\t\t\"app\": {\n\t\t\t\"image\": \"a\",\n\t\t\t\"depends_on\": {\n\t\t\t\t\"kafka\": {\n\t\t\t\t\t\"condition\": \"service_healthy\"\n\t\t\t\t}\n\t\t\t}\n\t\t}\n\t}\n}\n",
    );
}

#[test]
fn json_without_blanks_gets_none() {
    for (before, after) in [
        (r#"{"app":{"environment":{"A":"1"}}}"#, r#"{"app":{"environment":{"A":"1","KAFKA_BROKERS":"kafka:9092"}}}"#),
        (r#"{"app":{"environment":["A=1"]}}"#, r#"{"app":{"environment":["A=1","KAFKA_BROKERS=kafka:9092"]}}"#),
        (r#"{"app":{"environment":{}}}"#, r#"{"app":{"environment":{"KAFKA_BROKERS":"kafka:9092"}}}"#),
        (r#"{"app":{"environment":null}}"#, r#"{"app":{"environment":{"KAFKA_BROKERS":"kafka:9092"}}}"#),
        (r#"{"app":{"image":"a"}}"#, r#"{"app":{"image":"a","environment":{"KAFKA_BROKERS":"kafka:9092"}}}"#),
    ] {
        let [before, after] = [before, after].map(|services| format!("{{\"services\":{services}}}"));
        check_texts(variable, &before, &after);
    }
}

#[test]
fn a_new_line_ends_like_the_one_beside_it() {
    check_texts(
        variable,
        "services:\n  app:\n    environment:\n      A: 1\r\n    image: a\n",
        "services:\n  app:\n    environment:\n      A: 1\r\n      KAFKA_BROKERS: kafka:9092\r\n    image: a\n",
    );
    check_texts(
        variable,
        "services:\r\n  app:\r\n    environment:\r\n      A: 1\n    image: a\r\n",
        "services:\r\n  app:\r\n    environment:\r\n      A: 1\n      KAFKA_BROKERS: kafka:9092\n    image: a\r\n",
    );
}

/// Found by fuzzing: the network was added once more.
#[test]
fn a_service_joins_a_network_once() {
    let backend = |project: &Project| repair::join_network(project, app(project), "backend", |_| false);
    check(backend, "\n services:\n   app:\n-    networks: [default]\n+    networks: [default, backend]\n");
}
