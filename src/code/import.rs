//! The client libraries that a source file uses.

use super::library::Registry;
use super::{Language, Mention};
use crate::text::LineIndex;

/// The client libraries for Kafka that a source file uses, each with its first place, in the order of the file.
///
/// Lines that begin as a comment do not count. Annotations such as `@KafkaListener` are ignored: the import that they need is in the same
/// file and shows their library.
#[must_use]
pub fn kafka_imports(language: Language, text: &str) -> Vec<Mention> {
    let Some(registry) = Registry::of(language) else { return Vec::new() };
    // One byte for one byte, so that offsets stay what they are.
    let text = text.replace(['\'', '`'], "\"");
    let mut found: Vec<(usize, &str)> = Vec::new();
    for library in registry.libraries() {
        let places = library.imports.iter().filter_map(|import| first_use(language, &text, import, &library.except));
        found.extend(places.min().map(|offset| (offset, library.name.as_str())));
    }
    found.sort_unstable();
    let lines = LineIndex::new(&text);
    let mention = |(offset, library): (usize, &str)| Mention { library: library.to_owned(), line: lines.line(offset) };
    found.into_iter().map(mention).collect()
}

/// The offset at which `import` is first used on its own in the code of `text`, where none of `except` is used.
fn first_use(language: Language, text: &str, import: &str, except: &[String]) -> Option<usize> {
    let mut places = text.match_indices(import).map(|(offset, _)| offset);
    places.find(|offset| {
        let (before, after) = (&text[..*offset], &text[offset + import.len()..]);
        let line = &before[before.rfind('\n').map_or(0, |newline| newline + 1)..];
        let is_excepted = |other: &String| text[*offset..].starts_with(other.as_str());
        !except.iter().any(is_excepted)
            && stands_alone(before, import, after)
            && !is_comment(language, line, import)
            && is_imported(language, line, import)
    })
}

/// Whether `import` is not part of a longer name or path.
fn stands_alone(before: &str, import: &str, after: &str) -> bool {
    let in_name = |character: char| character.is_alphanumeric() || "_-$".contains(character);
    let begins = !import.starts_with(in_name) || !before.ends_with(|before| in_name(before) || before == '.');
    let ends = !import.ends_with(in_name) || !after.starts_with(in_name);
    begins && ends
}

/// Whether the line that begins with `before` and `import` is a comment.
fn is_comment(language: Language, before: &str, import: &str) -> bool {
    let line = if before.trim().is_empty() { import } else { before.trim_start() };
    let marks: &[&str] = match language {
        Language::Python | Language::Ruby | Language::Shell => &["#"],
        Language::Elixir => &["#", "%"],
        Language::Php => &["#", "//", "*", "/*"],
        _ => &["//", "*", "/*"],
    };
    marks.iter().any(|mark| line.starts_with(mark))
}

/// Whether a module's name in quotes is imported and is not, for example, the name of a client: in JavaScript, the words before it show
/// that.
fn is_imported(language: Language, before: &str, import: &str) -> bool {
    let words = before.rsplit('"').next().unwrap_or(before);
    language != Language::JavaScript
        || !import.starts_with('"')
        || ["import", "require", "from"].iter().any(|word| words.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(language: Language, text: &str) -> Vec<(String, usize)> {
        kafka_imports(language, text).into_iter().map(|mention| (mention.library, mention.line)).collect()
    }

    #[test]
    fn one_line_shows_the_library() {
        use Language::{C, DotNet, Elixir, Go, JavaScript, Jvm, Php, Python, Ruby, Rust};
        for (language, line, expected) in [
            (JavaScript, "const { Kafka } = require('kafkajs');", "kafkajs"),
            (JavaScript, r#"import { Kafka, logLevel } from "kafkajs";"#, "kafkajs"),
            (JavaScript, "} from 'kafkajs/utils'", "kafkajs"),
            (JavaScript, "const rd = await import(`node-rdkafka`)", "node-rdkafka"),
            (JavaScript, "import { KafkaJS } from '@confluentinc/kafka-javascript'", "confluent-kafka-javascript"),
            (JavaScript, "      transport: Transport.KAFKA,", "nestjs-kafka"),
            (Python, "from confluent_kafka import Producer", "confluent-kafka"),
            (Python, "import confluent_kafka.admin as admin", "confluent-kafka"),
            (Python, "from kafka import KafkaConsumer, TopicPartition", "kafka-python"),
            (Python, "from kafka.errors import NoBrokersAvailable", "kafka-python"),
            (Python, "    frame = spark.readStream.format('kafka')", "pyspark-kafka"),
            (Jvm, "import org.apache.kafka.clients.producer.KafkaProducer;", "kafka-clients"),
            (Jvm, "import org.springframework.kafka.annotation.KafkaListener", "spring-kafka"),
            (Jvm, "import org.apache.kafka.streams.scala._", "kafka-streams"),
            (Jvm, "import io.micronaut.configuration.kafka.annotation.*", "micronaut-kafka"),
            (Go, "import kafka \"github.com/segmentio/kafka-go\"", "kafka-go"),
            (Go, "\t\"github.com/confluentinc/confluent-kafka-go/v2/kafka\"", "confluent-kafka-go"),
            (Go, "\t\"github.com/twmb/franz-go/pkg/kgo\"", "franz-go"),
            (DotNet, "using Confluent.Kafka;", "Confluent.Kafka"),
            (DotNet, "open Confluent.Kafka.Admin", "Confluent.Kafka"),
            (Rust, "use rdkafka::producer::FutureProducer;", "rdkafka"),
            (Rust, "use kafka::producer::{Producer, Record};", "kafka-rust"),
            (Ruby, "require \"rdkafka\"", "rdkafka-ruby"),
            (Ruby, "class KarafkaApp < Karafka::App", "karafka"),
            (Php, r"$producer = new \RdKafka\Producer($conf);", "php-rdkafka"),
            (Php, r"use Junges\Kafka\Facades\Kafka;", "laravel-kafka"),
            (Elixir, "  :ok = :brod.start_client(hosts, :orders)", "brod"),
            (Elixir, "  alias KafkaEx.Protocol.Fetch", "kafka_ex"),
            (C, "#include <librdkafka/rdkafkacpp.h>", "librdkafka"),
        ] {
            assert_eq!(imports(language, line), [(expected.to_owned(), 1)], "{line}");
        }
    }

    #[test]
    fn names_that_only_look_alike_are_no_imports() {
        use Language::{C, DotNet, Go, JavaScript, Jvm, Python, Rust, Shell};
        for (language, line) in [
            (JavaScript, "// const { Kafka } = require('kafkajs');"),
            (JavaScript, "const { Kafka } = require('./kafkajs');"),
            (JavaScript, "import snappy from 'kafkajs-snappy'"),
            (JavaScript, "new Kafka({ clientId: 'kafkajs' })"),
            (JavaScript, "const a = require('a'); const id = 'kafkajs';"),
            (JavaScript, "import { Transport } from '@nestjs/microservices'"),
            (Python, "# from confluent_kafka import Producer"),
            (Python, "from kafka import settings"),
            (Python, "from kafka_client import send"),
            (Python, "from .kafka import KafkaProducer"),
            (Python, "from confluent_kafka.schema_registry.avro import AvroSerializer"),
            (Python, "from confluent_kafka.serialization import MessageField"),
            (Jvm, " * @see org.apache.kafka.clients.producer.KafkaProducer"),
            (Jvm, "import com.shop.org.apache.kafka.clients.Fake;"),
            (Go, "\t// \"github.com/segmentio/kafka-go\""),
            (Go, "\t\"github.com/segmentio/kafka-gopher\""),
            (DotNet, "using Shop.Confluent.Kafka;"),
            (Rust, "use super::kafka::producer::Producer;"),
            (Rust, "use kafka::init_producer;"),
            (C, "// #include <librdkafka/rdkafka.h>"),
            (Shell, "import kafka"),
        ] {
            assert_eq!(imports(language, line), [], "{line}");
        }
    }

    #[test]
    fn each_library_is_told_once_in_the_order_of_the_file() {
        let text = "package shop\n\nimport (\n\t\"fmt\"\n\n\t\"github.com/twmb/franz-go/pkg/kgo\"\n\t\"github.com/IBM/sarama\"\n\
                    \t\"github.com/twmb/franz-go/pkg/kadm\"\n)\n";
        assert_eq!(imports(Language::Go, text), [("franz-go".to_owned(), 6), ("sarama".to_owned(), 7)]);
    }
}
