//! A variable in the forms of `environment`.

use crate::{check, check_all, check_texts, variable};

#[test]
fn a_map_gets_an_entry_after_its_last() {
    check(
        variable,
        "
 services:
   app:
     environment:
       A: 1
       B: 2  # two
+      KAFKA_BROKERS: kafka:9092
     ports: []
",
    );
}

#[test]
fn blank_lines_and_comments_of_what_follows_stay_behind() {
    check_all(
        variable,
        &[
            "
 services:
   app:
     environment:
       A: 1

       # the second
       B: 2
+      KAFKA_BROKERS: kafka:9092

     # how others reach it
     ports: []

   # another
   db:
     image: db
",
            "
 services:
   app:
     environment:
       A: 1
+      KAFKA_BROKERS: kafka:9092
       # B: 2
     ports: []
",
            "
 services:
   app:
     environment:
       - A=1
+      - KAFKA_BROKERS=kafka:9092
 # the end
",
        ],
    );
}

#[test]
fn a_comment_that_stands_deeper_belongs_to_the_entry_above() {
    check_all(
        variable,
        &[
            "
 services:
   app:
     environment:
       A: 1  # one,
             # and only
+      KAFKA_BROKERS: kafka:9092
",
            "
 services:
   app:
     image: app
       # - 1.0
+    environment:
+      KAFKA_BROKERS: kafka:9092
     ports: []
",
        ],
    );
}

#[test]
fn a_list_gets_an_item_after_its_last() {
    check_all(
        variable,
        &[
            "
 services:
   app:
     environment:
       - A=1  # one
       # - B=2
       - C=3
+      - KAFKA_BROKERS=kafka:9092
     ports: []
",
            "
 services:
   app:
     environment:
     - A=1
+    - KAFKA_BROKERS=kafka:9092
     ports: []
",
            "
 services:
   app:
     environment:
       -   A=1
+      -   KAFKA_BROKERS=kafka:9092
",
            "
 services:
   app:
     environment:
       -
         A=1
+      - KAFKA_BROKERS=kafka:9092
",
        ],
    );
}

#[test]
fn indentation_is_the_files_own() {
    check_all(
        variable,
        &[
            "
 services:
    app:
       image: app
+      environment:
+         KAFKA_BROKERS: kafka:9092
",
            "
 services:
  app:
   environment:
        A: 1
+       KAFKA_BROKERS: kafka:9092
",
            "
 services:
   app:
       image: app
+      environment:
+          KAFKA_BROKERS: kafka:9092
       healthcheck:
           retries: 3
",
        ],
    );
}

#[test]
fn a_new_section_stands_where_people_look_for_it() {
    check_all(
        variable,
        &[
            "
 services:
   app:
     image: app
     env_file: .env
+    environment:
+      KAFKA_BROKERS: kafka:9092
     depends_on: [db]
     command: run
",
            "
 services:
   app:
     build:
       context: .
       args:
         A: 1
+    environment:
+      KAFKA_BROKERS: kafka:9092
     restart: always
",
            "
 services:
   app:
     ports: []
     command: run
+    environment:
+      KAFKA_BROKERS: kafka:9092

   db:
     image: db
",
        ],
    );
}

#[test]
fn an_empty_section_gets_its_first_entry() {
    check_all(
        variable,
        &[
            "
 services:
   app:
     environment:
+      KAFKA_BROKERS: kafka:9092
     ports: []
",
            "
 services:
   app:
     environment:  # none yet
+      KAFKA_BROKERS: kafka:9092
     ports: []
",
            "
 services:
   app:
-    environment: ~  # none yet
+    environment:  # none yet
+      KAFKA_BROKERS: kafka:9092
     ports: []
",
            "
 services:
   app:
-    environment: {}
+    environment:
       # A: 1
+      KAFKA_BROKERS: kafka:9092
     ports: []
",
            "
 services:
   app:
-    environment: []  # none yet
+    environment:  # none yet
+      - KAFKA_BROKERS=kafka:9092
",
            "
 services:
   app:
-    environment: &env { }
+    environment: &env
+      KAFKA_BROKERS: kafka:9092
",
            "
 services:
   app:
     environment:
       # A: 1
+      KAFKA_BROKERS: kafka:9092
     ports: []
",
        ],
    );
}

#[test]
fn unusual_keys_are_no_obstacle() {
    check_all(
        variable,
        &[
            "
 services:
   app:
     ? environment
     : A: 1
       B: 2
+      KAFKA_BROKERS: kafka:9092
",
            "
 services:
   app:
     environment:
       ? A
       : 1
+      KAFKA_BROKERS: kafka:9092
",
            "
 services:
   app:
     \"environment\" :
       A : 1
+      KAFKA_BROKERS: kafka:9092
",
            "
 services:
   app:
     environment: !!map
       A: 1
+      KAFKA_BROKERS: kafka:9092
",
        ],
    );
}

#[test]
fn lone_carriage_returns_are_line_breaks_too() {
    let text = "services:\r  app:\r    environment:\r      A: 1\r";
    check_texts(variable, text, &format!("{text}      KAFKA_BROKERS: kafka:9092\r"));
}
