//! A dependency in the forms of `depends_on`.

use composefix::compose::{Condition, Project};
use composefix::repair;

use crate::{Outcome, app, check, check_all, check_refused, check_texts, dependency};

fn started(project: &Project) -> Outcome {
    repair::require(project, app(project), &[("kafka".to_owned(), Condition::Started)], |_| false)
}

#[test]
fn a_short_list_becomes_a_map_in_place() {
    check_all(
        dependency,
        &[
            "
 services:
   app:
     depends_on:
-      - db
-      - kafka
-      - cache
+      db:
+        condition: service_started
+      kafka:
+        condition: service_healthy
+      cache:
+        condition: service_started
     ports: []
",
            "
 services:
   app:
     depends_on:
-      - db
+      db:
+        condition: service_started
+      kafka:
+        condition: service_healthy

   db:
     image: db
",
            "
 services:
   app:
     depends_on:
-    - db
+      db:
+        condition: service_started
+      kafka:
+        condition: service_healthy
     ports: []
",
            "
 services:
   app:
     depends_on:
-      -   kafka
+      kafka:
+        condition: service_healthy
",
            "
 services:
   app:
     depends_on:
-      - \"db\"
-      - 'cache'
-      - \"web\"
+      \"db\":
+        condition: service_started
+      'cache':
+        condition: service_started
+      \"web\":
+        condition: service_started
+      \"kafka\":
+        condition: service_healthy
",
        ],
    );
}

#[test]
fn each_comment_stays_at_its_entry() {
    check(
        dependency,
        "
 services:
   app:
     depends_on: # all of them
       # stores
-      - db # the truth
-      # - cache
+      db: # the truth
+        condition: service_started
+      # - cache

       # streams
-      - kafka  # the broker,
-               # three of them
+      kafka:  # the broker,
+               # three of them
+        condition: service_healthy
       # the end
     ports: []
",
    );
}

#[test]
fn a_list_that_needs_the_start_only_stays_a_list() {
    check_all(
        started,
        &[
            "
 services:
   app:
     depends_on:
       - db  # the truth
+      - kafka
",
            "
 services:
   app:
-    depends_on: [db]
+    depends_on: [db, kafka]
",
        ],
    );
}

#[test]
fn a_map_gets_the_dependency_after_its_last() {
    check_all(
        dependency,
        &[
            "
 services:
   app:
     depends_on:
       db:
         condition: service_healthy
         restart: true  # with it
+      kafka:
+        condition: service_healthy
     ports: []
",
            "
 services:
    app:
      depends_on:
          db:
            condition: service_healthy
+         kafka:
+           condition: service_healthy
",
            "
 services:
   app:
     depends_on:
       db: {condition: service_started}
+      kafka:
+        condition: service_healthy
",
        ],
    );
}

#[test]
fn a_condition_is_replaced_in_its_quotes() {
    check_all(
        dependency,
        &[
            "
 services:
   app:
     depends_on:
       kafka:
-        condition: service_started # for now
+        condition: service_healthy # for now
         restart: true
",
            "
 services:
   app:
     depends_on:
-      kafka: { condition: \"service_started\" }
+      kafka: { condition: \"service_healthy\" }
       db: { condition: service_started }
",
        ],
    );
}

#[test]
fn a_new_section_follows_the_environment() {
    check_all(
        dependency,
        &[
            "
 services:
   app:
     image: app
     environment:
       - A=1
       # - B=2
         # - C=3
+    depends_on:
+      kafka:
+        condition: service_healthy
     ports: []
",
            "
 services:
     app:
         build: .
+        depends_on:
+            kafka:
+                condition: service_healthy
         command: run
",
        ],
    );
}

#[test]
fn an_empty_section_gets_its_first_entry() {
    check_all(
        dependency,
        &[
            "
 services:
   app:
-    depends_on: []  # nothing
+    depends_on:  # nothing
+      kafka:
+        condition: service_healthy
     ports: []
",
            "
 services:
   app:
-    depends_on: {}
+    depends_on:
+      kafka:
+        condition: service_healthy
",
        ],
    );
}

#[test]
fn an_explicit_key_is_no_obstacle() {
    check(
        dependency,
        "
 services:
   app:
     ? depends_on
-    : - db
-      - kafka
+    : db:
+        condition: service_started
+      kafka:
+        condition: service_healthy
",
    );
}

#[test]
fn an_item_below_its_dash_is_refused_for_its_comment_could_not_stay() {
    check_refused(
        dependency,
        "
 services:
   app:
     depends_on:
       - # the broker
         kafka
",
        "composefix cannot edit the setting in the form in which it is written",
    );
}

#[test]
fn several_dependencies_are_added_at_once() {
    let both = |project: &Project| {
        let wanted = [("kafka".to_owned(), Condition::Healthy), ("db".to_owned(), Condition::Completed)];
        repair::require(project, app(project), &wanted, |_| false)
    };
    check_all(
        both,
        &[
            "
 services:
   app:
     depends_on:
-      - db
+      db:
+        condition: service_completed_successfully
+      kafka:
+        condition: service_healthy
",
            "
 services:
   app:
     depends_on:
       kafka:
-        condition: service_started
+        condition: service_healthy
+      db:
+        condition: service_completed_successfully
",
        ],
    );
}

#[test]
fn a_list_at_the_end_of_a_file_without_final_newline_ends_it_still() {
    check_texts(
        dependency,
        "services:\n  app:\n    depends_on:\n    - db",
        "services:\n  app:\n    depends_on:\n      db:\n        condition: service_started\n      kafka:\n        condition: service_healthy",
    );
}

#[test]
fn a_link_keeps_its_restart_in_the_dependency_that_replaces_it() {
    check_all(
        dependency,
        &[
            "
 services:
   app:
     image: a
+    depends_on:
+      kafka:
+        condition: service_healthy
+        restart: true
     links: [kafka]
",
            "
 services:
   app:
     image: a
-    depends_on: [db]
+    depends_on: {db: {condition: service_started}, kafka: {condition: service_healthy, restart: true}}
     links: [kafka]
",
        ],
    );
    check(
        started,
        "
 services:
   app:
     image: a
+    depends_on:
+      kafka:
+        condition: service_started
+        restart: true
     links:
       - kafka
",
    );
}

#[test]
fn an_item_over_an_optional_dependency_stays_required() {
    let base =
        "services: {app: {depends_on: {db: {condition: service_started, required: false}}}, db: {}, kafka: {}}\n";
    let over = "services:\n  app:\n    depends_on: [db]\n";
    let paths = ["compose.yml", "over.yml"].map(std::path::PathBuf::from);
    let texts = [base, over].map(|text| text.as_bytes().to_vec());
    let files = composefix::source::Memory(paths.iter().cloned().zip(texts).collect());
    let selection = composefix::compose::Selection::files(paths.to_vec());
    let project = Project::read(&mut composefix::source::Files::new(files), selection).expect("it loads");
    let repair = dependency(&project).expect("it can be written");
    let mut edits = composefix::text::EditSet::default();
    edits.add_all(&crate::all_edits(&repair)).expect("they do not conflict");
    assert_eq!(
        edits.apply(over),
        "services:\n  app:\n    depends_on: {db: {condition: service_started, required: true}, kafka: {condition: service_healthy}}\n"
    );
}

#[test]
fn a_list_with_a_map_without_a_condition_is_refused() {
    check_refused(
        dependency,
        "
 services:
   app:
     depends_on:
       - db
       - cache:
",
        "the dependency on `cache` is malformed",
    );
}
