use super::*;
use crate::kafka::catalog::{ConfigFile, Image};

/// `line: key = value` of each address in a text, with `:port` where that is another value, and the protocol.
fn read(text: &str, syntax: Syntax, keys: &[String]) -> Vec<String> {
    let show = |address: DocumentAddress| {
        let line = text[..address.span.start].matches('\n').count() + 1;
        assert!(!address.is_verbatim || text[address.span.range()] == address.value, "{address:?}");
        let port = address.port.map(|(port, span)| {
            assert_eq!(&text[span.range()], port);
            format!(":{port}")
        });
        let protocol = address.protocol.map(|protocol| format!(" {protocol:?}"));
        let [port, protocol] = [port, protocol].map(Option::unwrap_or_default);
        format!("{line}: {} = {}{port}{protocol}", address.key, address.value)
    };
    addresses(text, syntax, keys, None).into_iter().map(show).collect()
}

/// The file of a program that is found at `path`, or by a flag or variable of that name.
fn file(image: &str, path: &str) -> &'static ConfigFile {
    let program = CATALOG.client(&Image::parse(image).expect(image)).expect(image);
    let names = |file: &&ConfigFile| {
        let is_named = [&file.flag, &file.variable].into_iter().flatten().any(|name| name == path);
        file.is_at(path) || file.may_be_anywhere(path) || is_named
    };
    program.files.iter().find(names).or_else(|| program.files.first()).expect(path)
}

fn of_program(image: &str, path: &str, text: &str) -> Vec<String> {
    let file = file(image, path);
    read(text, file.syntax, &file.keys)
}

#[test]
fn documents_of_screens() {
    let akhq = "akhq:\n  connections:\n    local:\n      properties:\n        bootstrap.servers: \"queue:9092\"\n        security.protocol: SASL_SSL\n      schema-registry: {url: 'http://r:8081'}\n";
    let expected = ["5: akhq.connections.local.properties.bootstrap.servers = queue:9092 SaslSsl"];
    assert_eq!(of_program("tchiotludo/akhq", "/app/application.yml", akhq), expected);
    let console = "kafka:\n  brokers: [\"a:1\", b:2]\nschemaRegistry:\n  urls: [\"http://r:8081\"]\nredpanda:\n  adminApi: {urls: ['http://r:9644']}\n";
    let expected = ["2: kafka.brokers.0 = a:1", "2: kafka.brokers.1 = b:2"];
    assert_eq!(of_program("redpandadata/console", "CONFIG_FILEPATH", console), expected);
    let ui = "kafka:\n  clusters:\n    - name: a\n      bootstrapServers: a:1\n      properties:\n        security.protocol: SSL\n    - name: b\n      bootstrapServers: b:2\n      kafkaConnect: [{name: c, address: 'http://c:8083'}]\n";
    let expected = ["4: kafka.clusters.0.bootstrapServers = a:1 Ssl", "8: kafka.clusters.1.bootstrapServers = b:2"];
    assert_eq!(of_program("kafbat/kafka-ui", "DYNAMIC_CONFIG_PATH", ui), expected);
    let conduktor = "clusters:\n  - id: a\n    bootstrapServers: \"a:1\"\n    schemaRegistry: {url: 'http://r'}\n";
    assert_eq!(
        of_program("conduktor/conduktor-console", "CDK_IN_CONF_FILE", conduktor),
        ["3: clusters.0.bootstrapServers = a:1"]
    );
}

#[test]
fn a_document_in_a_variable_is_json_yaml_or_properties() {
    let json = "{\"spring\": {\"kafka\": {\"bootstrap-servers\": \"localhost:9092\", \"properties\": {\"security.protocol\": \"SASL_PLAINTEXT\"}}}}";
    let syntax = Syntax::of_text(json).expect("it is one");
    assert_eq!(read(json, syntax, &[]), ["1: spring.kafka.bootstrap-servers = localhost:9092 SaslPlaintext"]);
    let flat = "{\"spring.kafka.bootstrap-servers\":\"localhost:9092\"}";
    assert_eq!(read(flat, syntax, &[]), ["1: spring.kafka.bootstrap-servers = localhost:9092"]);
    let properties = "bootstrap.servers=a:1\nsecurity.protocol=SSL\ngroup.id=g\n";
    assert_eq!(
        read(properties, Syntax::of_text(properties).expect("it is one"), &[]),
        ["1: bootstrap.servers = a:1 Ssl"]
    );
}

#[test]
fn logs_are_shipped_to_brokers() {
    let logstash = "input { beats { port => 5044 } }\noutput {\n  kafka {\n    bootstrap_servers => \"localhost:9092\"\n    security_protocol => \"SSL\"\n    topic_id => \"x\"\n  }\n}\n";
    let path = "/usr/share/logstash/pipeline/out.conf";
    let expected = ["4: output.kafka.bootstrap_servers = localhost:9092 Ssl"];
    assert_eq!(of_program("docker.elastic.co/logstash/logstash:8.15.0", path, logstash), expected);
    let filebeat = "filebeat.inputs:\n- type: kafka\n  hosts: [\"a:1\"]\noutput.kafka:\n  hosts: [\"b:2\", \"c:3\"]\n  topic: x\noutput.elasticsearch.hosts: ['d:4']\n";
    let expected =
        ["3: filebeat.inputs.0.hosts.0 = a:1", "5: output.kafka.hosts.0 = b:2", "5: output.kafka.hosts.1 = c:3"];
    assert_eq!(of_program("elastic/filebeat", "/usr/share/filebeat/filebeat.yml", filebeat), expected);
    let fluentd = "<match **>\n  @type kafka2\n  brokers a:1,b:2\n</match>\n";
    assert_eq!(of_program("fluent/fluentd", "/fluentd/etc/fluent.conf", fluentd), ["3: match.brokers = a:1,b:2"]);
    let fluent_bit = "[OUTPUT]\n    Name    kafka\n    Brokers a:1\n    Topics  x\n";
    let path = "/fluent-bit/etc/fluent-bit.conf";
    assert_eq!(of_program("fluent/fluent-bit", path, fluent_bit), ["3: OUTPUT.Brokers = a:1"]);
    let fluent_bit = "pipeline:\n  outputs:\n    - name: kafka\n      brokers: a:1\n";
    let path = "/fluent-bit/etc/fluent-bit.yaml";
    assert_eq!(of_program("fluent/fluent-bit", path, fluent_bit), ["4: pipeline.outputs.0.brokers = a:1"]);
    let vector = "[sinks.out]\ntype = \"kafka\"\nbootstrap_servers = \"a:1,b:2\"\n[sinks.web]\naddress = \"c:3\"\n";
    let expected = ["3: sinks.out.bootstrap_servers = a:1,b:2"];
    assert_eq!(of_program("timberio/vector", "/etc/vector/vector.toml", vector), expected);
    let vector = "sources:\n  in:\n    type: kafka\n    bootstrap_servers: a:1\n";
    let expected = ["4: sources.in.bootstrap_servers = a:1"];
    assert_eq!(of_program("timberio/vector", "/etc/vector/vector.yaml", vector), expected);
    let rsyslog = "module(load=\"omkafka\")\naction(type=\"omkafka\" topic=\"x\"\n  broker=[\"a:1\",\"b:2\"])\n";
    let expected = ["3: action.broker.0 = a:1", "3: action.broker.1 = b:2"];
    assert_eq!(of_program("rsyslog/rsyslog", "/etc/rsyslog.conf", rsyslog), expected);
    let promtail = "scrape_configs:\n- job_name: x\n  kafka:\n    brokers:\n    - a:1\n";
    let expected = ["5: scrape_configs.0.kafka.brokers.0 = a:1"];
    assert_eq!(of_program("grafana/promtail", "/etc/promtail/config.yml", promtail), expected);
    let alloy = "loki.source.kafka \"x\" {\n  brokers = [\"a:1\"]\n}\n";
    let expected = ["2: loki.source.kafka.brokers.0 = a:1"];
    assert_eq!(of_program("grafana/alloy", "/etc/alloy/config.alloy", alloy), expected);
}

#[test]
fn metrics_and_traces_go_through_brokers() {
    let telegraf = "[agent]\n  interval = \"1s\"\n[[outputs.kafka]]\n  brokers = [\"a:1\"]\n[[inputs.kafka_consumer]]\n  brokers = [\"b:2\"]\n";
    let expected = ["4: outputs.kafka.0.brokers.0 = a:1", "6: inputs.kafka_consumer.0.brokers.0 = b:2"];
    assert_eq!(of_program("telegraf", "/etc/telegraf/telegraf.conf", telegraf), expected);
    let otel = "receivers:\n  kafkametrics:\n    brokers: a:1\n  otlp: {protocols: {grpc: {endpoint: '0.0.0.0:4317'}}}\nexporters:\n  kafka/out:\n    brokers:\n      - ${env:KAFKA_BROKER:-localhost:9092}\n";
    let expected = [
        "3: receivers.kafkametrics.brokers = a:1",
        "8: exporters.kafka/out.brokers.0 = ${env:KAFKA_BROKER:-localhost:9092}",
    ];
    assert_eq!(of_program("otel/opentelemetry-collector-contrib", "--config", otel), expected);
    assert_eq!(of_program("jaegertracing/jaeger:2.0.0", "--config", otel), expected);
    let burrow = "[zookeeper]\nservers=[ \"z:2181\" ]\n[cluster.local]\nclass-name=\"kafka\"\nservers=[ \"a:1\" ]\n[consumer.local]\nservers=[ \"b:2\" ]\n[consumer.zk]\n";
    let expected = ["5: cluster.local.servers.0 = a:1", "7: consumer.local.servers.0 = b:2"];
    assert_eq!(of_program("linkedin/burrow", "/etc/burrow/burrow.toml", burrow), expected);
    let lag = "kafka-lag-exporter {\n  clusters = [\n    { name = \"a\", bootstrap-brokers = \"a:1\" }\n  ]\n}\n";
    let expected = ["3: kafka-lag-exporter.clusters.0.bootstrap-brokers = a:1"];
    assert_eq!(of_program("seglo/kafka-lag-exporter", "/opt/docker/conf/application.conf", lag), expected);
}

#[test]
fn databases_take_brokers_in_sql_and_files() {
    let sql = "CREATE TABLE q (v String) ENGINE = Kafka('a:1', 't', 'g', 'CSV');\nCREATE TABLE r (v String) ENGINE = Kafka SETTINGS kafka_broker_list = 'b:2', kafka_security_protocol = 'sasl_ssl';\n";
    let expected = ["1: Kafka.0 = a:1", "2: kafka_broker_list = b:2 SaslSsl"];
    assert_eq!(of_program("clickhouse/clickhouse-server", "/docker-entrypoint-initdb.d/1.sql", sql), expected);
    let xml = "<clickhouse><named_collections><q>\n  <kafka_broker_list>a:1</kafka_broker_list>\n</q></named_collections></clickhouse>";
    let expected = ["2: clickhouse.named_collections.q.kafka_broker_list = a:1"];
    assert_eq!(of_program("clickhouse/clickhouse-server", "/etc/clickhouse-server/config.d/k.xml", xml), expected);
    let flink =
        "CREATE TABLE t (v STRING) WITH (\n  'connector' = 'kafka',\n  'properties.bootstrap.servers' = 'a:1'\n);";
    assert_eq!(read(flink, Syntax::Sql, &[]), ["3: properties.bootstrap.servers = a:1"]);
    let risingwave = "CREATE SOURCE s WITH (connector='kafka', properties.bootstrap.server='a:1');";
    assert_eq!(read(risingwave, Syntax::Sql, &[]), ["1: properties.bootstrap.server = a:1"]);
    let materialize = "CREATE CONNECTION k TO KAFKA (BROKER 'a:1', SECURITY PROTOCOL PLAINTEXT);\nCREATE CONNECTION l TO KAFKA (BROKERS ('b:2', 'c:3'));";
    assert_eq!(read(materialize, Syntax::Sql, &[]), ["1: BROKER = a:1", "2: BROKERS.0 = b:2", "2: BROKERS.1 = c:3"]);
    let trino = "connector.name=kafka\nkafka.nodes=a:1\nkafka.table-names=t\n";
    assert_eq!(of_program("trinodb/trino", "/etc/trino/catalog/k.properties", trino), ["2: kafka.nodes = a:1"]);
    let pinot = "{\"tableIndexConfig\": {\"streamConfigs\": {\"streamType\": \"kafka\", \"stream.kafka.broker.list\": \"a:1\"}}}";
    let expected = ["1: tableIndexConfig.streamConfigs.stream.kafka.broker.list = a:1"];
    assert_eq!(of_program("apachepinot/pinot", "-tableConfigFile", pinot), expected);
    let druid =
        "{\"spec\": {\"ioConfig\": {\"consumerProperties\": {\"bootstrap.servers\": \"a:1\"}, \"topic\": \"t\"}}}";
    let expected = ["1: spec.ioConfig.consumerProperties.bootstrap.servers = a:1"];
    assert_eq!(of_program("apache/druid", "/specs/t.json", druid), expected);
}

#[test]
fn connectors_and_their_workers() {
    let debezium = "debezium.sink.type=kafka\ndebezium.sink.kafka.producer.bootstrap.servers=a:1\ndebezium.source.schema.history.internal.kafka.bootstrap.servers=b:2\ndebezium.source.database.hostname=db\ndebezium.source.database.port=3306\n";
    let expected = [
        "2: debezium.sink.kafka.producer.bootstrap.servers = a:1",
        "3: debezium.source.schema.history.internal.kafka.bootstrap.servers = b:2",
    ];
    assert_eq!(of_program("debezium/server:2.7", "/debezium/conf/application.properties", debezium), expected);
    let worker = "bootstrap.servers=a:1\nproducer.bootstrap.servers=b:2\nproducer.security.protocol=SSL\nlisteners=http://:8083\n";
    let expected = ["1: bootstrap.servers = a:1", "2: producer.bootstrap.servers = b:2 Ssl"];
    assert_eq!(read(worker, Syntax::Properties, &[]), expected);
    let connector = "{\"name\":\"c\",\"config\":{\"database.hostname\":\"db\",\"schema.history.internal.kafka.bootstrap.servers\":\"a:1\"}}";
    let expected = ["1: config.schema.history.internal.kafka.bootstrap.servers = a:1"];
    assert_eq!(read(connector, Syntax::Hocon, &[]), expected);
    let mirror = "clusters = A, B\nA.bootstrap.servers = a:1\nB.bootstrap.servers = b:2\n";
    assert_eq!(read(mirror, Syntax::Properties, &[]), ["2: A.bootstrap.servers = a:1", "3: B.bootstrap.servers = b:2"]);
    let connect = "input:\n  kafka_franz:\n    seed_brokers: [a:1]\noutput:\n  kafka:\n    addresses: [ \"b:2\" ]\n";
    let expected = ["3: input.kafka_franz.seed_brokers.0 = a:1", "6: output.kafka.addresses.0 = b:2"];
    assert_eq!(of_program("redpandadata/connect", "/connect.yaml", connect), expected);
}

#[test]
fn a_value_may_be_named_beside_it() {
    let dapr = "spec:\n  type: pubsub.kafka\n  metadata:\n    - name: brokers\n      value: local:9092\n    - name: authRequired\n      value: \"false\"\n";
    let expected = ["5: spec.metadata.0.brokers = local:9092"];
    assert_eq!(of_program("daprio/daprd:1.1.1", "-components-path", dapr), expected);
    let relay = "processing:\n  kafka_config:\n    - {name: \"bootstrap.servers\", value: \"kafka:9092\"}\n    - {name: \"message.max.bytes\", value: 50000000}\n";
    let expected = ["3: processing.kafka_config.0.bootstrap.servers = kafka:9092"];
    assert_eq!(of_program("getsentry/relay", "/work/.relay/config.yml", relay), expected);
    let spring = "<beans><bean><property name=\"bootstrap.servers\" value=\"a:1\"/></bean></beans>";
    assert_eq!(read(spring, Syntax::Xml, &[]), ["1: beans.bean.property.bootstrap.servers = a:1"]);
}

#[test]
fn other_programs_have_their_own_keys() {
    let akvorado =
        "---\nkafka:\n  topic: flows\n  brokers:\n    - kafka:9092\nclickhousedb:\n  servers: [clickhouse:9000]\n";
    assert_eq!(of_program("ghcr.io/akvorado/akvorado:1.11.5", "", akvorado), ["5: kafka.brokers.0 = kafka:9092"]);
    let zilla = "bindings:\n  south:\n    type: kafka\n    options:\n      servers:\n        - a:1\n";
    assert_eq!(
        of_program("ghcr.io/aklivity/zilla", "/etc/zilla/zilla.yaml", zilla),
        ["6: bindings.south.options.servers.0 = a:1"]
    );
    let gnmic = "outputs:\n  out:\n    type: kafka\n    address: a:1\n";
    assert_eq!(of_program("ghcr.io/openconfig/gnmic", "--config", gnmic), ["4: outputs.out.address = a:1"]);
    let zeebe = "zeebe:\n  broker:\n    exporters:\n      kafka:\n        args:\n          producer:\n            servers: \"a:1\"\n";
    let path = "/usr/local/zeebe/config/application.yaml";
    assert_eq!(
        of_program("camunda/zeebe", path, zeebe),
        ["7: zeebe.broker.exporters.kafka.args.producer.servers = a:1"]
    );
    let pmacct = "plugins: kafka\nkafka_broker_host: a\nkafka_broker_port: 9092\n";
    assert_eq!(of_program("pmacct/nfacctd", "/etc/pmacct/nfacctd.conf", pmacct), ["2: kafka_broker_host = a:9092"]);
    let kroxylicious = "virtualClusters:\n  - targetCluster:\n      bootstrapServers: a:1\n";
    let expected = ["3: virtualClusters.0.targetCluster.bootstrapServers = a:1"];
    assert_eq!(of_program("quay.io/kroxylicious/proxy", "--config", kroxylicious), expected);
}

#[test]
fn values_that_are_not_addresses_are_skipped() {
    let text = "kafka:\n  brokers: 3\n  server: true\n  url:\n  host: a\n  topics: [b]\n  brokerList: kafka\nserver:\n  host: c\n  port: 8080\n";
    assert_eq!(read(text, Syntax::Yaml, &[]), ["5: kafka.host = a", "7: kafka.brokerList = kafka"]);
}

#[test]
fn each_address_has_the_protocol_of_its_own_block() {
    let table = |name: &str, protocol: &str| {
        format!(
            "CREATE TABLE t ENGINE = Kafka SETTINGS kafka_broker_list = '{name}:1', kafka_security_protocol = '{protocol}';\n"
        )
    };
    let text = table("a", "ssl") + &table("b", "plaintext") + &table("c", "sasl_ssl");
    let expected = [
        "1: kafka_broker_list = a:1 Ssl",
        "2: kafka_broker_list = b:1 Plaintext",
        "3: kafka_broker_list = c:1 SaslSsl",
    ];
    assert_eq!(read(&text, Syntax::Sql, &[]), expected);
    let text = "output { kafka { bootstrap_servers => 'a:1' } kafka { bootstrap_servers => 'b:2' security_protocol => 'SSL' } }";
    let expected = ["1: output.kafka.bootstrap_servers = a:1", "1: output.kafka.1.bootstrap_servers = b:2 Ssl"];
    assert_eq!(read(text, Syntax::Blocks, &[]), expected);
}
