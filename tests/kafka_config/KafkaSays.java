import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.util.List;
import java.util.Properties;
import java.util.StringJoiner;
import java.util.TreeSet;

import kafka.server.KafkaConfig;
import org.apache.kafka.common.config.ConfigDef;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Asks the Kafka on the class path about broker configurations, and about the properties that it knows.
 *
 * <p>{@code java -cp 'JARS/*' KafkaSays.java check}: standard input has one configuration a line, its properties as name=value with the
 * character U+001F between them. For each, a line comes back: "accept", or "reject", a tab, and Kafka's words on one line.
 *
 * <p>{@code java -cp 'JARS/*' KafkaSays.java define}: prints the definition of each property, one a line, in four columns: name, type,
 * default and allowed values, in the form of {@code src/kafka/startup/properties.tsv}.
 */
public class KafkaSays {
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, false, UTF_8);
        if (arguments[0].equals("define")) {
            define(out);
        } else {
            check(new BufferedReader(new InputStreamReader(System.in, UTF_8)), out);
        }
        out.flush();
        System.exit(0);
    }

    private static void check(BufferedReader in, PrintStream out) throws Exception {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Properties properties = new Properties();
            for (String property : line.isEmpty() ? new String[0] : line.split("\u001f")) {
                int sign = property.indexOf('=');
                properties.put(property.substring(0, sign), property.substring(sign + 1));
            }
            try {
                KafkaConfig.fromProps(properties, false);
                out.println("accept");
            } catch (Throwable refusal) {
                out.println("reject\t" + words(refusal).replaceAll("\\s+", " "));
            }
        }
    }

    private static String words(Throwable refusal) {
        // What a static initialiser throws hides its cause.
        Throwable cause = refusal instanceof ExceptionInInitializerError ? refusal.getCause() : refusal;
        return cause.getClass().getName() + ": " + cause.getMessage();
    }

    private static void define(PrintStream out) throws Exception {
        for (ConfigDef.ConfigKey key : definition().configKeys().values()) {
            String type = key.type == ConfigDef.Type.STRING ? "text" : key.type.name().toLowerCase();
            out.println(String.join("\t", key.name, type, defaultOf(key), allowed(key)));
        }
    }

    /** Kafka's definition of a broker's properties: in every version the one of this type that KafkaConfig's companion holds. */
    private static ConfigDef definition() throws Exception {
        Class<?> companion = Class.forName("kafka.server.KafkaConfig$");
        for (Field field : companion.getDeclaredFields()) {
            if (field.getType() == ConfigDef.class) {
                field.setAccessible(true);
                return (ConfigDef) field.get(companion.getField("MODULE$").get(null));
            }
        }
        throw new IllegalStateException("KafkaConfig holds no definition");
    }

    private static String defaultOf(ConfigDef.ConfigKey key) {
        if (!key.hasDefault()) {
            return "!";
        } else if (key.defaultValue == null) {
            return "-";
        }
        String text = ConfigDef.convertToString(key.defaultValue, key.type);
        if (key.name.equals("listener.security.protocol.map")) {
            // Kafka builds it from a map without an order.
            text = String.join(",", new TreeSet<>(List.of(text.split(","))));
        }
        return "=" + text;
    }

    private static String allowed(ConfigDef.ConfigKey key) throws Exception {
        ConfigDef.Validator validator = key.validator;
        String shown = String.valueOf(validator);
        StringJoiner allowed = new StringJoiner(" ");
        allowed.setEmptyValue("-");
        if (validator instanceof ConfigDef.Range) {
            allowed.add(range(shown));
        } else if (shown.equals("[1,...,9] or -1")) {
            allowed.add("1..9").add("-1");
        } else if (shown.startsWith("The default value of -1 means")) {
            allowed.add("1..").add("-1");
        } else if (shown.startsWith("(case insensitive) [")) {
            allowed.add("any-case:" + words(shown));
        } else if (shown.equals("non-empty string")) {
            allowed.add("filled");
        } else if (shown.equals("non-empty list")) {
            allowed.add(key.name.endsWith(".voters") ? "voters" : "servers");
        } else if (validator != null && validator.getClass().getName().matches(".*[.](Api|Metadata)VersionValidator.*")) {
            allowed.add("protocol-version");
        } else if (validator instanceof ConfigDef.ValidString || validator instanceof ConfigDef.ValidList) {
            if (shown.startsWith("[") && !shown.equals("[]")) {
                allowed.add("one:" + words(shown));
            }
            if (has(validator, "isEmptyAllowed")) {
                allowed.add("set");
                if (!flag(validator, "isEmptyAllowed")) {
                    allowed.add("filled");
                }
            }
        } else if (validator != null && !shown.equals("non-null string")) {
            throw new IllegalStateException("no form for what " + key.name + " may be: " + shown);
        }
        return allowed.toString();
    }

    private static String range(String shown) {
        String[] ends = shown.substring(1, shown.length() - 1).split("\\.\\.\\.", -1);
        return ends[0].replace(",", "") + ".." + ends[1].replace(",", "");
    }

    private static String words(String shown) {
        String[] words = shown.substring(shown.indexOf('[') + 1, shown.indexOf(']')).split(", ");
        return String.join("|", new TreeSet<>(List.of(words)));
    }

    private static boolean has(Object owner, String field) {
        for (Field own : owner.getClass().getDeclaredFields()) {
            if (own.getName().equals(field)) {
                return true;
            }
        }
        return false;
    }

    private static boolean flag(Object owner, String field) throws Exception {
        Field own = owner.getClass().getDeclaredField(field);
        own.setAccessible(true);
        return own.getBoolean(owner);
    }
}
