use std::path::Path;

use super::*;
use crate::code::Read;

/// `key = value` of each entry; the value as it is written, in angle brackets, where that is not the same.
fn read(syntax: Syntax, text: &str) -> Vec<String> {
    let show = |entry: Entry| {
        let Entry { key, value, span } = &entry;
        let written = &text[span.range()];
        if entry.is_verbatim(text) { format!("{key} = {value}") } else { format!("{key} = {value} <{written}>") }
    };
    entries(text, syntax).into_iter().map(show).collect()
}

#[test]
fn yaml_values_are_found_without_quotes_tags_and_comments() {
    let text = "kafka:\n  brokers:\n    - a:1 # here\n    - 'b:2'\n    - !str \"c:3\"\n  url: &url d:4\n  again: *url\n  none:\n  text: |\n    e:5\n  escaped: \"f\\u003a6\"\n";
    let expected = [
        "kafka.brokers.0 = a:1",
        "kafka.brokers.1 = b:2",
        "kafka.brokers.2 = c:3",
        "kafka.url = d:4",
        "kafka.again = d:4",
        "kafka.none = ",
        "kafka.text = e:5\n <|\n    e:5>",
        "kafka.escaped = f:6 <f\\u003a6>",
    ];
    assert_eq!(read(Syntax::Yaml, text), expected);
    assert_eq!(read(Syntax::Yaml, "a: {b: [x:1, 'y:2']}\r\n"), ["a.b.0 = x:1", "a.b.1 = y:2"]);
}

#[test]
fn a_template_of_yaml_is_read_line_by_line() {
    let text = "kafka:\n{{- range .Seeds }}\n  brokers:\n    - \"{{ . }}:9092\"\n{{- end }}\n  url: 'a:1'\n";
    assert_eq!(read(Syntax::Yaml, text), ["kafka.brokers.0 = {{ . }}:9092", "kafka.url = a:1"]);
}

#[test]
fn json_and_hocon_values_are_found_without_quotes() {
    let text = "{\"config\": {\"bootstrap.servers\" : \"kafka:9092\" , \"n\": 1, \"list\": [\"a:1\",\"b:2\" ], \"q\": \"a\\\"b\"}}";
    let expected = [
        "config.bootstrap.servers = kafka:9092",
        "config.n = 1",
        "config.list.0 = a:1",
        "config.list.1 = b:2",
        "config.q = a\"b <a\\\"b>",
    ];
    assert_eq!(read(Syntax::Hocon, text), expected);
    let text = "clusters = [\n  { name = x, bootstrap-brokers = \"a:1,b:2\" } # here\n]\nhost : ${HOST}\":\"9092\nlong = \"\"\"c:3\"\"\"\nplain = d:4 \n";
    let expected = [
        "clusters.0.name = x",
        "clusters.0.bootstrap-brokers = a:1,b:2",
        "host = ${HOST}:9092 <${HOST}\":\"9092>",
        "long = c:3",
        "plain = d:4",
    ];
    assert_eq!(read(Syntax::Hocon, text), expected);
}

#[test]
fn toml_values_are_found_without_quotes() {
    let text = "[[inputs.kafka_consumer]]\n  brokers = [\"a:1\", 'b:2'] # here\n  max = 10\n[sinks.out]\nbootstrap_servers = \"\"\"c:3\"\"\"\n";
    let expected = [
        "inputs.kafka_consumer.0.brokers.0 = a:1",
        "inputs.kafka_consumer.0.brokers.1 = b:2",
        "inputs.kafka_consumer.0.max = 10",
        "sinks.out.bootstrap_servers = c:3",
    ];
    assert_eq!(read(Syntax::Toml, text), expected);
}

#[test]
fn properties_values_are_found_where_they_are_written() {
    let text = "# no\nbootstrap.servers=a:1,b:2 \r\n  key : c\\:3\nlist = d:4,\\\n    e:5\nempty=\nlast=f:6";
    let expected = [
        "bootstrap.servers = a:1,b:2",
        "key = c:3 <c\\:3>",
        "list = d:4,e:5 <d:4,\\\n    e:5>",
        "empty = ",
        "last = f:6",
    ];
    assert_eq!(read(Syntax::Properties, text), expected);
}

#[test]
fn ini_and_dotenv_values_are_found_without_quotes() {
    let text = "[kafka]\nbrokers = 'a:1' ; here\nurl: b:2\n";
    assert_eq!(read(Syntax::Ini, text), ["kafka.brokers = a:1", "kafka.url = b:2"]);
    let text = "export KAFKA_BROKERS=\"${HOST:-kafka}:9092\" # here\nTOPIC=a\n";
    assert_eq!(read(Syntax::Dotenv, text), ["KAFKA_BROKERS = ${HOST:-kafka}:9092", "TOPIC = a"]);
}

#[test]
fn xml_has_the_texts_of_elements_and_the_values_of_attributes() {
    let text = "<?xml version=\"1.0\"?>\n<clickhouse>\n  <named_collections><queue>\n    <kafka_broker_list> a:1 </kafka_broker_list>\n    <!-- no -->\n  </queue></named_collections>\n  <x name=\"bootstrap.servers\" value=\"b:2\"/>\n  <y>c&#58;3</y><y>d:4</y>\n</clickhouse>\n";
    let expected = [
        "clickhouse.named_collections.queue.kafka_broker_list = a:1",
        "clickhouse.x.name = bootstrap.servers",
        "clickhouse.x.bootstrap.servers = b:2",
        "clickhouse.y = c:3 <c&#58;3>",
        "clickhouse.y.1 = d:4",
    ];
    assert_eq!(read(Syntax::Xml, text), expected);
}

#[test]
fn sql_has_options_and_arguments() {
    let text = "
-- ENGINE = Kafka('no:1')
CREATE TABLE q (v String) ENGINE = Kafka('a:1', 'topic', 'it''s') SETTINGS kafka_broker_list = 'b:2', n = 3;
CREATE TABLE f (v STRING) WITH ('connector' = 'kafka', 'properties.bootstrap.servers' = 'c:3');
CREATE SOURCE r WITH (connector='kafka', properties.bootstrap.server='d:4');
CREATE CONNECTION m TO KAFKA (BROKER 'e:5', SECURITY PROTOCOL PLAINTEXT); /* no */
CREATE CONNECTION l TO KAFKA (BROKERS ('f:6', 'g:7'));
CREATE ROUTINE LOAD s FROM KAFKA (\"kafka_broker_list\" = \"h:8\");
";
    let expected = [
        "Kafka.0 = a:1",
        "Kafka.1 = topic",
        "Kafka.2 = it's <it''s>",
        "kafka_broker_list = b:2",
        "connector = kafka",
        "properties.bootstrap.servers = c:3",
        "connector = kafka",
        "properties.bootstrap.server = d:4",
        "BROKER = e:5",
        "BROKERS.0 = f:6",
        "BROKERS.1 = g:7",
        "kafka_broker_list = h:8",
    ];
    assert_eq!(read(Syntax::Sql, text), expected);
}

#[test]
fn logstash_alloy_and_rsyslog_have_blocks() {
    let logstash = "
input {
  # kafka { bootstrap_servers => \"no:1\" }
  kafka { bootstrap_servers => \"a:1,b:2\" topics => [\"x\", 'y'] }
}
output {
  if [type] == \"x\" and [n] != 3 {
    kafka {
      codec => json { charset => \"UTF-8\" }
      bootstrap_servers => 'c:3'
    }
  }
}
";
    let expected = [
        "input.kafka.bootstrap_servers = a:1,b:2",
        "input.kafka.topics.0 = x",
        "input.kafka.topics.1 = y",
        "output.kafka.codec = json",
        "output.kafka.charset = UTF-8",
        "output.kafka.bootstrap_servers = c:3",
    ];
    assert_eq!(read(Syntax::Blocks, logstash), expected);
    let twice = "output { kafka { x => 1 } kafka { x => 2 } }";
    assert_eq!(read(Syntax::Blocks, twice), ["output.kafka.x = 1", "output.kafka.1.x = 2"]);
    let alloy = "loki.source.kafka \"in\" {\n  brokers = [\"a:1\", \"b:2\"] // here\n  forward_to = [loki.write.out.receiver]\n}\n";
    let expected = [
        "loki.source.kafka.brokers.0 = a:1",
        "loki.source.kafka.brokers.1 = b:2",
        "loki.source.kafka.forward_to.0 = loki.write.out.receiver",
    ];
    assert_eq!(read(Syntax::Blocks, alloy), expected);
    let rsyslog = "module(load=\"omkafka\")\naction(type=\"omkafka\" topic=\"x\" broker=[\"a:1\",\"b:2\"])\n";
    let expected = [
        "module.load = omkafka",
        "action.type = omkafka",
        "action.topic = x",
        "action.broker.0 = a:1",
        "action.broker.1 = b:2",
    ];
    assert_eq!(read(Syntax::Blocks, rsyslog), expected);
}

#[test]
fn fluentd_and_fluent_bit_have_directives() {
    let fluentd = "<match app.**>\n  @type kafka2\n  # brokers no:1\n  brokers a:1,b:2\n  <format>\n    @type json\n  </format>\n</match>\n";
    let expected = ["match.@type = kafka2", "match.brokers = a:1,b:2", "match.format.@type = json"];
    assert_eq!(read(Syntax::Directives, fluentd), expected);
    let twice = "[OUTPUT]\n  Brokers a:1\n[OUTPUT]\n  Brokers b:2\n";
    assert_eq!(read(Syntax::Directives, twice), ["OUTPUT.Brokers = a:1", "OUTPUT.1.Brokers = b:2"]);
    let fluent_bit = "[INPUT]\n    Name  cpu\n\n[OUTPUT]\n    Name        kafka\n    Brokers     \"a:1\"\n";
    assert_eq!(
        read(Syntax::Directives, fluent_bit),
        ["INPUT.Name = cpu", "OUTPUT.Name = kafka", "OUTPUT.Brokers = a:1"]
    );
}

#[test]
fn the_syntax_follows_from_the_name_and_of_a_conf_from_the_text() {
    for (name, text, expected) in [
        ("a.yml", "", Some(Syntax::Yaml)),
        ("a.JSON", "", Some(Syntax::Hocon)),
        (".env.local", "", Some(Syntax::Dotenv)),
        ("config.d/kafka.xml", "", Some(Syntax::Xml)),
        ("config.alloy", "", Some(Syntax::Blocks)),
        ("README.md", "", None),
        ("config", "", None),
        ("logstash.conf", "# in\ninput { kafka { topics => [] } }", Some(Syntax::Blocks)),
        ("rsyslog.conf", "module(load=\"omkafka\")", Some(Syntax::Blocks)),
        ("fluent.conf", "<source>\n@type kafka\n</source>", Some(Syntax::Directives)),
        ("fluent-bit.conf", "[SERVICE]\n    Flush 1", Some(Syntax::Directives)),
        ("telegraf.conf", "[agent]\n  interval = \"1s\"\n[[outputs.kafka]]\n", Some(Syntax::Toml)),
        ("app.conf", "[kafka]\nbrokers = a:1", Some(Syntax::Ini)),
        ("application.conf", "# a => b\nkafka { brokers = \"a:1\" }", Some(Syntax::Hocon)),
    ] {
        assert_eq!(Syntax::of(Path::new(name), text), expected, "{name}");
    }
    for (text, expected) in [
        ("akhq:\n  connections: {}", Some(Syntax::Yaml)),
        ("# here\nkafka: {brokers: [a]}", Some(Syntax::Yaml)),
        ("{\"spring\": {}}", Some(Syntax::Hocon)),
        ("bootstrap.servers=a:1", Some(Syntax::Properties)),
        ("kafka:9092", None),
        ("", None),
    ] {
        assert_eq!(Syntax::of_text(text), expected, "{text}");
    }
}

const ALL: [Syntax; 10] = [
    Syntax::Yaml,
    Syntax::Hocon,
    Syntax::Toml,
    Syntax::Properties,
    Syntax::Ini,
    Syntax::Dotenv,
    Syntax::Xml,
    Syntax::Sql,
    Syntax::Blocks,
    Syntax::Directives,
];

#[test]
fn no_text_makes_a_reader_panic_and_every_place_is_in_the_text() {
    let pieces = [
        "a", "é", "=", "=>", ":", "\"", "'", "\"\"\"", "\\", "\\u00", "{", "}", "[", "]", "(", ")", "<", ">", "</a>",
        "#", "//", "/*", "*/", "--", "\n", "\r\n", " ", "\t", ",", ";", "|\n", "&x", "*x", "${", "{{", "}}", "<a>",
        "&#58;", "- ", "%", "!",
    ];
    let mut state = 1u64;
    for _ in 0..4_000 {
        let mut text = String::new();
        for _ in 0..12 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text += pieces[(state >> 33) as usize % pieces.len()];
        }
        for syntax in ALL {
            for entry in entries(&text, syntax) {
                assert!(text.get(entry.span.range()).is_some(), "{syntax:?} {text:?} {entry:?}");
            }
        }
    }
}

#[test]
fn deep_and_long_texts_cost_no_more_than_their_length() {
    for piece in [
        "[", "{", "(", "<a>", "<a ", "a {", "a(", "a: {", "[[", "\"", "'", "a=\\\n", "- ", "/*", "''", "a=b,",
        "<a b=\"", "#", "${",
    ] {
        let text = piece.repeat(MAX_DOCUMENT_BYTES / piece.len());
        for syntax in ALL {
            let start = std::time::Instant::now();
            let _ = entries(&text, syntax);
            let taken = start.elapsed();
            assert!(taken.as_secs() < 5, "{syntax:?} {piece:?} took {taken:?}");
        }
    }
    assert_eq!(entries(&"a: 1\n".repeat(MAX_DOCUMENT_BYTES), Syntax::Yaml), []);
}

#[test]
fn the_variables_that_a_template_reads_are_found() {
    let reads = template_reads("transports:\n  orders: '%env(resolve:KAFKA_DSN)%'\n  mails: '100 %env( %'");
    assert_eq!(reads, [Read::new("KAFKA_DSN".to_owned(), None, 2)]);
}
