import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What runs in a container of tests/live, with the jars of one version of Kafka.
 *
 * <p>{@code Live node PROPERTIES [CLUSTER-ID]}: formats the storage if there is an id, and starts Kafka. {@code Live tool NAME ARGUMENT...}:
 * one of Kafka's tools. {@code Live client MESSAGE TOPIC SECONDS VARIABLE...}: what client.py does, with Kafka's own client.
 */
public class Live {
    /** The classes of the tools, of which later versions have the first, and earlier ones the second. */
    private static final Map<String, String[]> TOOLS = Map.of(
        "kafka-topics", new String[] {"org.apache.kafka.tools.TopicCommand", "kafka.admin.TopicCommand"},
        "kafka-broker-api-versions", new String[] {"org.apache.kafka.tools.BrokerApiVersionsCommand", "kafka.admin.BrokerApiVersionsCommand"});

    public static void main(String[] arguments) throws Throwable {
        String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
        switch (arguments[0]) {
            case "node":
                node(rest);
                break;
            case "tool":
                tool(rest[0], Arrays.copyOfRange(rest, 1, rest.length));
                break;
            default:
                client(rest[0], rest[1], Duration.ofSeconds(Long.parseLong(rest[2])), Arrays.asList(rest).subList(3, rest.length));
        }
    }

    private static void node(String[] arguments) throws Throwable {
        if (arguments.length > 1) {
            format(arguments[0], arguments[1]);
        }
        run("kafka.Kafka", arguments[0]);
    }

    /** The tool ends the process, where Kafka has yet to start: what ends it is replaced for that time. */
    private static void format(String properties, String cluster) throws Throwable {
        Class<?> exit = first("org.apache.kafka.common.utils.Exit", "org.apache.kafka.common.utils.internals.Exit");
        Class<?> procedure = Class.forName(exit.getName() + "$Procedure");
        Object thrower = Proxy.newProxyInstance(Live.class.getClassLoader(), new Class<?>[] {procedure}, (proxy, method, arguments) -> {
            throw new Ended((int) arguments[0]);
        });
        exit.getMethod("setExitProcedure", procedure).invoke(null, thrower);
        try {
            run("kafka.tools.StorageTool", "format", "-t", cluster, "-c", properties);
        } catch (Ended ended) {
            if (ended.status != 0) {
                System.exit(ended.status);
            }
        }
        exit.getMethod("resetExitProcedure").invoke(null);
    }

    private static void tool(String name, String[] arguments) throws Throwable {
        run(first(TOOLS.get(name)).getName(), arguments);
    }

    private static void run(String program, String... arguments) throws Throwable {
        try {
            Class.forName(program).getMethod("main", String[].class).invoke(null, (Object) arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    /** The first class that this version has. */
    private static Class<?> first(String... names) throws ClassNotFoundException {
        try {
            return Class.forName(names[0]);
        } catch (ClassNotFoundException missing) {
            return Class.forName(names[1]);
        }
    }

    private static void client(String message, String topic, Duration limit, List<String> variables) throws Exception {
        String value = variables.stream().map(System::getenv).filter(Objects::nonNull).filter(own -> !own.isEmpty()).collect(Collectors.joining(":"));
        String servers = Pattern.compile("(\\[[0-9a-f:]+\\]|[\\w.-]+):\\d+").matcher(value).results().map(own -> own.group()).collect(Collectors.joining(","));
        Map<String, Object> common = Map.of("bootstrap.servers", servers.isEmpty() ? "localhost:9092" : servers);
        String millis = String.valueOf(limit.toMillis());
        Map<String, Object> sending = with(common, Map.of("max.block.ms", millis, "delivery.timeout.ms", millis, "request.timeout.ms", millis, "linger.ms", "0"));
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(sending, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, message)).get();
        }
        Map<String, Object> receiving = with(common, Map.of("group.id", topic, "auto.offset.reset", "earliest"));
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(receiving, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            for (long end = System.nanoTime() + limit.toNanos(); System.nanoTime() < end; ) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    if (record.value().equals(message)) {
                        return;
                    }
                }
            }
        }
        System.err.println("not consumed");
        System.exit(1);
    }

    private static Map<String, Object> with(Map<String, Object> common, Map<String, Object> own) {
        return Stream.of(common, own).flatMap(map -> map.entrySet().stream()).collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** The end of a tool, with its status. */
    private static class Ended extends RuntimeException {
        private final int status;

        private Ended(int status) {
            this.status = status;
        }
    }
}
