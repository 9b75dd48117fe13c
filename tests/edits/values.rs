//! The value of a variable: replaced, added, quoted, or next to text that must stay.

use composefix::repair;

use crate::{app, check, check_all, check_texts, variable};

#[test]
fn quotes_are_those_of_the_neighbors() {
    check_all(
        variable,
        &[
            "
 services:
   app:
     environment:
       A: \"one\"
       B: \"two\"
       C: 3
+      KAFKA_BROKERS: \"kafka:9092\"
",
            "
 services:
   app:
     environment:
       'A': 'x'
+      'KAFKA_BROKERS': 'kafka:9092'
",
            "
 services:
   app:
     environment:
       \"A\": one
       \"B\": two
+      \"KAFKA_BROKERS\": kafka:9092
",
            "
 services:
   app:
     environment:
       - 'A=1'
       - 'B=2'
+      - 'KAFKA_BROKERS=kafka:9092'
",
            "
 services:
   app:
     environment:
       A: \"1\"
       B: 'yes'
+      KAFKA_BROKERS: kafka:9092
",
        ],
    );
}

#[test]
fn a_value_is_replaced_where_it_stands() {
    check_all(
        variable,
        &[
            "
 services:
   app:
     environment:
-      KAFKA_BROKERS: localhost:9092  # the broker
+      KAFKA_BROKERS: kafka:9092  # the broker
       B: 2
",
            "
 services:
   app:
     environment:
-      KAFKA_BROKERS: 'localhost:9092'
+      KAFKA_BROKERS: 'kafka:9092'
",
            "
 services:
   app:
     environment:
-      - \"KAFKA_BROKERS=localhost:9092\"
+      - \"KAFKA_BROKERS=kafka:9092\"
",
            "
 services:
   app:
     environment:
-      KAFKA_BROKERS: >-
-        localhost:9092
+      KAFKA_BROKERS: kafka:9092
       B: 2
",
            "
 services:
   app:
     environment:
-      KAFKA_BROKERS: ${KAFKA_BROKERS:-localhost:9092}
+      KAFKA_BROKERS: kafka:9092
",
        ],
    );
}

#[test]
fn a_variable_that_is_passed_through_gets_a_value() {
    check_all(
        variable,
        &[
            "
 services:
   app:
     environment:
-      KAFKA_BROKERS:
+      KAFKA_BROKERS: kafka:9092
       B: 2
",
            "
 services:
   app:
     environment:
-      KAFKA_BROKERS: null # from the shell
+      KAFKA_BROKERS: kafka:9092 # from the shell
",
            "
 services:
   app:
     environment:
-      - KAFKA_BROKERS # from the shell
+      - KAFKA_BROKERS=kafka:9092 # from the shell
       - B=2
",
        ],
    );
}

#[test]
fn a_value_is_quoted_only_if_it_must_be() {
    let cases = [
        ("true", "\"true\""),
        ("9092", "\"9092\""),
        ("", "\"\""),
        ("a: b", "\"a: b\""),
        ("a # b", "\"a # b\""),
        ("[a]", "\"[a]\""),
        ("2024-01-02", "\"2024-01-02\""),
        ("*", "\"*\""),
        ("say \"hi\"", "say \"hi\""),
        ("a,b", "a,b"),
        ("${HOST}:9092", "${HOST}:9092"),
    ];
    for (value, written) in cases {
        let set = |project: &_| repair::set_variable(project, app(project), "V", value, |_| false);
        check(set, &format!("\n services:\n   app:\n     environment:\n       A: x\n+      V: {written}\n"));
    }
}

#[test]
fn a_block_scalar_at_the_end_keeps_its_text() {
    check_all(
        variable,
        &[
            "
 services:
   app:
     environment:
       PROPERTIES: |
         a=1
         b=2
+      KAFKA_BROKERS: kafka:9092

     ports: []
",
            "
 services:
   app:
     environment:
       PROPERTIES: |+
         a=1

+      KAFKA_BROKERS: kafka:9092
     ports: []
",
            "
 services:
   app:
     environment:
       - >
         A=1
         2
+      - KAFKA_BROKERS=kafka:9092
",
        ],
    );
    // Without a final newline, the scalar must stay last: another line after it would add a newline to its text.
    let texts = [
        (
            "services:\n  app:\n    environment:\n      A: 1\n      # all of them\n      P: |\n        a=1",
            "services:\n  app:\n    environment:\n      A: 1\n      KAFKA_BROKERS: kafka:9092\n      # all of them\n      P: |\n        a=1",
        ),
        (
            "services:\n  app:\n    environment:\n      P: |\n        a=1",
            "services:\n  app:\n    environment:\n      KAFKA_BROKERS: kafka:9092\n      P: |\n        a=1",
        ),
        (
            "services:\n  app:\n    environment:\n    - |\n      P=1",
            "services:\n  app:\n    environment:\n    - KAFKA_BROKERS=kafka:9092\n    - |\n      P=1",
        ),
        (
            "services:\n  app:\n    command: |\n      run",
            "services:\n  app:\n    environment:\n      KAFKA_BROKERS: kafka:9092\n    command: |\n      run",
        ),
    ];
    for (before, after) in texts {
        check_texts(variable, before, after);
        check_texts(variable, &before.replace('\n', "\r\n"), &after.replace('\n', "\r\n"));
    }
}
