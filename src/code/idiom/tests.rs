//! Examples of every language: the source, and what is found in it.

use super::look;
use crate::code::Language;

fn shown(name: String, value: Option<String>) -> String {
    value.map_or(name.clone(), |value| format!("{name}={value}"))
}

/// Holds what each source asks for, as `X` or `X=default`, against what is expected of it, and shows all that differ.
fn assert_found(examples: &[(&str, &[&str])], found: impl Fn(&str) -> Vec<String>) {
    let differs = |(text, expected): &&(&str, &[&str])| found(text) != *expected;
    let wrong: Vec<String> =
        examples.iter().filter(differs).map(|(text, _)| format!("{text}\n  {:?}", found(text))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn assert_reads(language: Language, examples: &[(&str, &[&str])]) {
    assert_found(examples, |text| {
        look(language, text).reads.into_iter().map(|read| shown(read.variable, read.default)).collect()
    });
}

fn assert_keys(language: Language, examples: &[(&str, &[&str])]) {
    let value = |text: String| Some(text).filter(|text| !text.is_empty());
    assert_found(examples, |text| {
        look(language, text).keys.into_iter().map(|key| shown(key.key, value(key.value))).collect()
    });
}

#[test]
fn javascript_reads_the_environment_of_its_process() {
    assert_reads(
        Language::JavaScript,
        &[
            ("const a = process.env.BROKERS;", &["BROKERS"]),
            ("const a = process.env.BROKERS!.split(',')", &["BROKERS"]),
            ("const a = process.env['BROKERS'] || 'kafka:9092'", &["BROKERS=kafka:9092"]),
            ("brokers: (process.env.BROKERS ?? \"kafka:9092\").split(','),", &["BROKERS=kafka:9092"]),
            ("brokers: process.env.BROKERS?.split(',') ?? ['kafka:9092'],", &["BROKERS=kafka:9092"]),
            ("brokers: [process.env.BROKERS ||\n  `kafka:9092`]", &["BROKERS=kafka:9092"]),
            ("const a = process.env.A || process.env.B || 'c:9092'", &["A=c:9092", "B=c:9092"]),
            ("const a = process.env.A || `${process.env.HOST}:9092`", &["A", "HOST"]),
            ("const u = `${process.env.HOST || 'h'}:${process.env.PORT || 9092}`", &["HOST=h", "PORT=9092"]),
            ("const a = process.env.A || 'a' + b", &["A"]),
            ("const { A, B = 'b:1', C: c } = process.env", &["A", "B=b:1", "C"]),
            ("Bun.env.A; Deno.env.get('B') ?? 'b'", &["A", "B=b"]),
            ("process.env.A = 'x'; if (process.env.B === 'y') {}", &["B"]),
            ("import.meta.env.VITE_A", &[]),
            ("// process.env.A\n/* process.env.B */ process.env.C", &["C"]),
            ("'process.env.A'.replace(/['\"`]/g, ''); process.env.B", &["B"]),
            (
                "config.get('A'); configService.get<string>('B', 'b:1'); this.config.getOrThrow('C')",
                &["A", "B=b:1", "C"],
            ),
            ("configService.get('kafka.brokers')", &[]),
            ("z.object({ A: z.string().min(1).default('a:1'), B: z.string() })", &["A=a:1", "B"]),
            ("Joi.object({ A: Joi.string().default('a:1').required(), })", &["A=a:1"]),
            ("cleanEnv(process.env, { A: str({ default: 'a:1' }), P: port() })", &["A=a:1", "P"]),
            ("const NAME = 'A'; getEnv(NAME, 'a:1'); requireEnv('B')", &["A=a:1", "B"]),
            ("setEnv('A', 'a'); container.withEnv('B', 'b')", &[]),
        ],
    );
}

#[test]
fn a_function_that_reads_what_it_is_given_the_name_of_is_followed() {
    use Language::{C, Go, JavaScript, Jvm, Python, Rust};
    for (language, text) in [
        (JavaScript, "const pick = (name, other) => process.env[name] || other;\npick('A', 'a:1')"),
        (
            JavaScript,
            "function pick(name: string, other: string): string { return process.env[name] ?? other }\npick('A', 'a:1')",
        ),
        (Python, "def pick(name, other):\n    return os.environ.get(name, other)\npick('A', 'a:1')"),
        (Python, "def pick(name: str, other: str) -> str:\n    return os.environ[name]\npick('A', 'a:1')"),
        (
            Go,
            "func pick(name, other string) string {\n\tif v, ok := os.LookupEnv(name); ok {\n\t\treturn v\n\t}\n\treturn other\n}\nfunc main() { pick(\"A\", \"a:1\") }",
        ),
        (
            Jvm,
            "static String pick(String name, String other) {\n  var v = System.getenv(name); return v }\npick(\"A\", \"a:1\");",
        ),
        (Jvm, "fun pick(name: String, other: String): String = System.getenv(name) ?: other\npick(\"A\", \"a:1\")"),
        (
            Rust,
            "fn pick(name: &str, other: &str) -> String { env::var(name).unwrap_or(other.into()) }\npick(\"A\", \"a:1\")",
        ),
        (
            C,
            "std::string pick(const char *name, const char *other) { const char *v = getenv(name); return v; }\npick(\"A\", \"a:1\");",
        ),
    ] {
        assert_reads(language, &[(text, &["A=a:1"])]);
    }
    assert_reads(Go, &[("func pick(name string) string {\n\treturn os.Getenv(\"B\")\n}\npick(\"A\")", &["B"])]);
}

#[test]
fn python_reads_the_environment_by_its_libraries() {
    assert_reads(
        Language::Python,
        &[
            ("a = os.environ['A']", &["A"]),
            ("a = os.environ.get('A', 'a:1')", &["A=a:1"]),
            ("a = os.getenv(\n    \"A\",\n    default=\"a:1\",\n)", &["A=a:1"]),
            ("a = getenv('A') or 'a:1'", &["A=a:1"]),
            ("port = int(os.getenv('P', 9092))", &["P=9092"]),
            ("url = f\"{os.getenv('H', 'h')}:{os.getenv('P')}\"", &["H=h", "P"]),
            ("DEFAULT = 'a:1'\na = os.getenv('A', DEFAULT)", &["A=a:1"]),
            ("os.environ['A'] = 'x'", &[]),
            ("os.environ.setdefault('A', 'x')", &["A=x"]),
            ("# os.getenv('A')\n'''\nos.getenv('B')\n'''\n", &[]),
            ("a = env('A', default='a:1'); b = env.list('B', default=['b:1', 'c:1'])", &["A=a:1", "B=b:1,c:1"]),
            ("a = config('A', cast=Csv(), default='a:1'); b = config('B'); c = config('b')", &["A=a:1", "B"]),
            ("a = setting('A_B', 'a:1'); b = get_setting('B'); c = set_default('C', 'c:1')", &["A_B=a:1"]),
            ("@click.option('--broker', envvar='A')", &["A"]),
            ("@click.option('--broker', envvar='A', show_envvar=True, default='a:1')", &["A=a:1"]),
            ("typer.Option(default='a:1', envvar=['A'])", &["A=a:1"]),
        ],
    );
}

#[test]
fn a_settings_class_reads_its_fields() {
    assert_reads(
        Language::Python,
        &[
            (
                "class S(BaseSettings):\n    kafka_url: str = 'a:1'\n    topic: str\n\nx = 1\n",
                &["KAFKA_URL=a:1", "TOPIC"],
            ),
            (
                "class S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='K_')\n    url: str = Field('a:1')\n",
                &["K_URL=a:1"],
            ),
            (
                "class S(BaseSettings):\n  a: str = Field(default='a:1', validation_alias='X')\n  b: str = Field(..., env='Y')\n",
                &["X=a:1", "Y"],
            ),
            ("class S(BaseSettings):\n  a: str = Field(alias=AliasChoices('X', 'Y'))\n", &["X", "Y"]),
            (
                "class K(BaseModel):\n  url: str = 'a:1'\nclass S(BaseSettings):\n  kafka: K = K()\n  class Config:\n    env_nested_delimiter = '__'\n",
                &["KAFKA__URL=a:1"],
            ),
            ("class S(BaseModel):\n    url: str = 'a:1'\n", &[]),
        ],
    );
}

#[test]
fn go_reads_the_environment_by_its_libraries() {
    assert_reads(
        Language::Go,
        &[
            ("a := os.Getenv(\"A\")", &["A"]),
            ("a := os.Getenv(\"A\")\nif a == \"\" {\n\ta = \"a:1\"\n}", &["A=a:1"]),
            ("if a := os.Getenv(\"A\"); a != \"\" {\n\treturn a\n}\nreturn \"a:1\"", &["A=a:1"]),
            ("a, ok := os.LookupEnv(\"A\")\nif !ok {\n\ta = \"a:1\"\n}", &["A=a:1"]),
            ("const name = \"A\"\nvar a = os.Getenv(name)", &["A"]),
            ("a := getEnv(\"A\", \"a:1\"); b := env.GetString(\"B\", `b:1`)", &["A=a:1", "B=b:1"]),
            ("strings.Split(os.Getenv(\"A\"), \",\")", &["A"]),
            ("cmp.Or(os.Getenv(\"A\"), \"a:1\")", &["A=a:1"]),
            ("t.Setenv(\"A\", \"a\"); os.Setenv(\"B\", \"b\")", &[]),
            (
                "import \"a.org/env\"\ntype C struct {\n\tA string `env:\"A\" envDefault:\"a:1\"`\n\tB string `env:\"B,required\"`\n}",
                &["A=a:1", "B"],
            ),
            ("import \"a.org/env\"\nX []string `env:\"A, default=a:1\"`", &["A=a:1"]),
            ("X string `envconfig:\"A\" default:\"a:1\"`", &["A=a:1"]),
            ("import \"a.org/env\"\nX string `yaml:\"a\" env:\"A\" env-default:\"a:1\"`", &["A=a:1"]),
            ("X string `envconfig:\"A\"`\nfunc f() { envconfig.Process(\"app\", &c) }", &["A", "APP_A"]),
            (
                "type K struct {\n\tA string `env:\"A\" envDefault:\"a:1\"`\n}\ntype C struct {\n\tK K `envPrefix:\"K_\"`\n}",
                &["K_A=a:1"],
            ),
            ("type C struct {\n\tK struct {\n\t\tA string `env:\"A\"`\n\t} `env:\", prefix=K_\"`\n}", &["K_A"]),
            (
                "type C struct {\n\tK struct {\n\t\tTheA string `split_words:\"true\"`\n\t}\n}\nvar _ = envconfig.Process(\"app\", &c)",
                &["APP_K_THE_A"],
            ),
            (
                "type C struct {\n\tK struct {\n\t\tA string `mapstructure:\"a\"`\n\t}\n}\nfunc f() { viper.AutomaticEnv() }",
                &["K.A"],
            ),
            ("type A struct {\n\tA *A\n\tB B\n}\ntype B struct {\n\tA A\n}", &[]),
            ("import \"a.org/env\"\ntype C struct {\n\tA string `env:\"BROKERS\"`\n}", &["BROKERS"]),
            ("type C struct {\n\tA string `env:\"BROKERS\"`\n\tB string `env:\"KAFKA_B\"`\n}", &["KAFKA_B"]),
            ("&cli.StringFlag{Name: \"x\", Value: \"a:1\", Usage: \"u\", EnvVars: []string{\"A\", \"B\"}}", &["A=a:1"]),
            ("&cli.StringSliceFlag{EnvVars: []string{\"A\"}, Value: cli.NewStringSlice(\"a:1\")}", &["A=a:1"]),
            ("&cli.StringFlag{Name: \"x\", EnvVars: []string{\"A\"}}", &["A"]),
            ("viper.BindEnv(\"kafka.url\", \"A\")", &["A"]),
            (
                "viper.SetEnvPrefix(\"app\")\nviper.SetEnvKeyReplacer(strings.NewReplacer(\".\", \"_\", \"-\", \"_\"))\nviper.AutomaticEnv()\nviper.GetString(\"kafka.broker-list\")",
                &["APP_KAFKA_BROKER_LIST"],
            ),
        ],
    );
    assert_keys(
        Language::Go,
        &[(
            "viper.SetDefault(\"kafka.url\", \"a:1\")\nviper.GetString(\"kafka.topic\")",
            &["kafka.url=a:1", "kafka.topic"],
        )],
    );
}

#[test]
fn the_jvm_reads_variables_and_properties() {
    assert_reads(
        Language::Jvm,
        &[
            ("String a = System.getenv(\"A\");", &["A"]),
            ("System.getenv().getOrDefault(\"A\", \"a:1\")", &["A=a:1"]),
            ("val a = System.getenv(\"A\") ?: \"a:1\"", &["A=a:1"]),
            ("val a = System.getenv()[\"A\"] ?: \"a:1\"", &["A=a:1"]),
            ("val a = sys.env.getOrElse(\"A\", \"a:1\"); val b = sys.env(\"B\")", &["A=a:1", "B"]),
            ("val a = sys.env.get(\"A\").getOrElse(\"a:1\")", &["A=a:1"]),
            ("Option(System.getenv(\"A\")).getOrElse(\"a:1\")", &["A=a:1"]),
            ("Optional.ofNullable(System.getenv(\"A\")).orElse(\"a:1\")", &["A=a:1"]),
            ("Objects.requireNonNullElse(System.getenv(\"A\"), \"a:1\")", &["A=a:1"]),
            ("String a = System.getenv(\"A\") != null ? System.getenv(\"A\") : \"a:1\";", &["A=a:1"]),
            ("String a = System.getenv(\"A\");\nif (a == null || a.isEmpty()) {\n  a = \"a:1\";\n}", &["A=a:1"]),
            ("static final String N = \"A\";\nSystem.getenv(N)", &["A"]),
            ("val url = \"${System.getenv(\"H\")}:9092\"", &["H"]),
            ("@Value(\"${A:a:1}\") String a; @Value(\"\\${B}\") String b", &["A=a:1", "B"]),
            ("// System.getenv(\"A\")", &[]),
        ],
    );
    assert_keys(
        Language::Jvm,
        &[
            ("@Value(\"${kafka.url:a:1}\") String a; @Value(\"${X:a}\") String b;", &["kafka.url=a:1"]),
            ("@ConfigProperty(name = \"kafka.url\", defaultValue = \"a:1\")", &["kafka.url=a:1"]),
            ("@KafkaListener(topics = \"t\", groupId = \"${app.group}\")", &["app.group"]),
            ("environment.getProperty(\"kafka.url\", \"a:1\")", &["kafka.url=a:1"]),
            (
                "@ConfigurationProperties(prefix = \"app.kafka\")\npublic class K {\n  private String bootstrapServers = \"a:1\";\n  private List<String> topics;\n}",
                &["app.kafka.bootstrap-servers=a:1", "app.kafka.topics"],
            ),
            (
                "@ConfigurationProperties(\"app.kafka\")\ndata class K(val bootstrapServers: String = \"a:1\", val topic: String)",
                &["app.kafka.bootstrap-servers=a:1", "app.kafka.topic"],
            ),
        ],
    );
}

#[test]
fn dotnet_reads_variables_and_keys() {
    assert_reads(
        Language::DotNet,
        &[
            ("Environment.GetEnvironmentVariable(\"A\")", &["A"]),
            ("var a = Environment.GetEnvironmentVariable(\"A\") ?? \"a:1\";", &["A=a:1"]),
            ("$\"{Environment.GetEnvironmentVariable(\"A\")}:9092\"", &["A"]),
        ],
    );
    assert_keys(
        Language::DotNet,
        &[
            ("Configuration[\"Kafka:Url\"]", &["Kafka:Url"]),
            ("builder.Configuration[\"Kafka:Url\"] ?? \"a:1\"", &["Kafka:Url=a:1"]),
            ("config.GetValue<string>(\"Kafka:Url\", \"a:1\")", &["Kafka:Url=a:1"]),
            ("config.GetSection(\"Kafka\")[\"Url\"]", &["Kafka:Url"]),
            ("config.GetSection(\"Kafka\").GetSection(\"A\").GetValue<string>(\"Url\")", &["Kafka:A:Url"]),
            ("config.GetConnectionString(\"kafka\")", &["ConnectionStrings:kafka"]),
            (
                "services.Configure<K>(config.GetSection(\"Kafka\"));\nclass K { public string Url { get; set; } = \"a:1\"; }",
                &["Kafka:Url=a:1"],
            ),
            ("services.Configure<K>(config.GetSection(\"Kafka\"));", &["Kafka"]),
            ("services.AddOptions<K>().BindConfiguration(\"Kafka\");", &["Kafka"]),
        ],
    );
}

#[test]
fn rust_reads_the_environment_by_its_libraries() {
    assert_reads(
        Language::Rust,
        &[
            ("let a = env::var(\"A\").expect(\"set A\");", &["A"]),
            ("let a = env::var(\"A\").unwrap_or_else(|_| \"a:1\".into());", &["A=a:1"]),
            ("let a = env::var(\"A\").unwrap_or(\"a:1\".to_string());", &["A=a:1"]),
            ("let a = env::var(\"A\").unwrap_or_else(|_| String::from(\"a:1\"));", &["A=a:1"]),
            ("let a = match env::var(\"A\") { Ok(a) => a, Err(_) => \"a:1\".to_owned() };", &["A=a:1"]),
            ("const N: &str = \"A\"; env::var(N)?", &["A"]),
            ("#[envconfig(from = \"A\", default = \"a:1\")] a: String", &["A=a:1"]),
            ("#[arg(long, env = \"A\", default_value = \"a:1\")] a: String", &["A=a:1"]),
            ("#[arg(long, env, default_value = \"a:1\")]\npub kafka_url: String,", &["KAFKA_URL=a:1"]),
            ("let c = '\"'; let d: &'static str = r#\"env::var(\"B\")\"#; dotenvy::var(\"A\")", &["A"]),
            ("struct S { a: String }\nenvy::prefixed(\"APP_\").from_env::<S>()", &["APP_A"]),
            (
                "struct S { k: K }\nstruct K { a: String }\nEnvironment::with_prefix(\"APP\").separator(\"__\")",
                &["APP__K__A"],
            ),
            ("Environment::with_prefix(\"APP\"); s.get_string(\"a\"); s.get::<String>(\"k.a\")", &["APP_A"]),
            (
                "b.set_default(\"k.a\", \"a:1\"); Environment::default().separator(\"_\"); s.get_string(\"k.a\")",
                &["K_A=a:1"],
            ),
            (
                "struct S { k: K }\nstruct K { a: u16 }\nFigment::new().merge(Env::prefixed(\"APP_\").split(\"_\"))",
                &["APP_K_A"],
            ),
            ("struct S { a: String }", &[]),
            ("struct S { a: String }\nEnvironment::with_prefix(prefix)", &[]),
            ("env!(\"A\"); option_env!(\"B\"); child.env(\"C\", \"c\")", &[]),
        ],
    );
}

#[test]
fn the_other_languages_read_the_environment() {
    assert_reads(
        Language::Ruby,
        &[
            ("ENV['A'] || 'a:1'", &["A=a:1"]),
            ("ENV.fetch('A', 'a:1')", &["A=a:1"]),
            ("ENV.fetch('A') { 'a:1' }", &["A=a:1"]),
            ("url = \"#{ENV['H']}:9092\" # ENV['B']", &["H"]),
            ("ENV['A'] = 'x'", &[]),
        ],
    );
    assert_reads(
        Language::Php,
        &[
            ("'brokers' => env('A', 'a:1'),", &["A=a:1"]),
            ("getenv('A') ?: 'a:1'; $_ENV['B'] ?? 'b:1'; $_SERVER['C']", &["A=a:1", "B=b:1", "C"]),
            ("$_SERVER['REQUEST_URI']", &[]),
            ("'dsn' => '%env(resolve:A)%'", &["A"]),
        ],
    );
    assert_reads(
        Language::Elixir,
        &[
            ("System.get_env(\"A\", \"a:1\")", &["A=a:1"]),
            ("System.get_env(\"A\") || \"a:1\"", &["A=a:1"]),
            ("System.fetch_env!(\"A\")", &["A"]),
            ("os:getenv(\"A\", \"a:1\")", &["A=a:1"]),
        ],
    );
    assert_reads(
        Language::C,
        &[
            ("const char *a = getenv(\"A\"); // getenv(\"B\")", &["A"]),
            ("#define N \"A\"\nstd::getenv(N)", &["A"]),
            ("const char *a = getenv(\"A\");\nif (!a)\n    a = \"a:1\";", &["A=a:1"]),
            ("auto g = std::getenv(\"A\");\nstd::string a = g ? g : \"a:1\";", &["A=a:1"]),
            ("const char* a = std::getenv(\"A\") ? std::getenv(\"A\") : \"a:1\";", &["A=a:1"]),
        ],
    );
    assert_reads(
        Language::Shell,
        &[
            ("wait ${A:-a:1} \"$B\" # $C", &["A=a:1", "B"]),
            ("A=1\necho $A ${B:?unset}", &["B"]),
            ("A=${A:-a:1}\necho $A", &["A=a:1"]),
            ("for HOST in a b; do echo $HOST; done", &[]),
        ],
    );
}

#[test]
fn a_literal_is_an_address_that_no_variable_replaces() {
    let examples = [
        (Language::JavaScript, "new Kafka({ brokers: ['kafka:9092'] })", vec!["kafka:9092"]),
        (Language::JavaScript, "const b = process.env.B || 'kafka:9092'", vec![]),
        (Language::JavaScript, "// 'kafka:9092'", vec![]),
        (Language::Python, "DEFAULT = 'kafka:9092'\nb = os.getenv('B', DEFAULT)", vec![]),
        (Language::Python, "KafkaProducer(bootstrap_servers='a:9092, b:9093')", vec!["a:9092, b:9093"]),
        (Language::DotNet, "config[\"Kafka:Url\"] ?? \"kafka:9092\"", vec![]),
        (Language::Shell, "kafka-topics --bootstrap-server kafka:9092 $A", vec!["kafka:9092"]),
        (Language::Shell, "nc ${A:-kafka:9092}", vec![]),
    ];
    for (language, text, expected) in examples {
        let found: Vec<String> = look(language, text).literals.into_iter().map(|literal| literal.text).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn lines_are_counted_through_comments_and_long_strings() {
    let text = "/* one\n two */\nconst a = `x\ny`;\nprocess.env.A;\nconst b = 'kafka:9092'";
    assert_eq!(look(Language::JavaScript, text).reads[0].line, 5);
    assert_eq!(look(Language::JavaScript, text).literals[0].line, 6);
}

#[test]
fn no_end_of_a_source_is_too_early() {
    let text = "é `${process.env.A || \"x\\é\" + '\\''} /* \"\"\" */ f\"{os.getenv('A', \"é\")}\" $@\"{a}\" r#\"x\"# %env(A)% \\";
    let languages = [
        Language::JavaScript,
        Language::Python,
        Language::Jvm,
        Language::Go,
        Language::DotNet,
        Language::Rust,
        Language::Ruby,
        Language::Php,
        Language::Elixir,
        Language::C,
        Language::Shell,
    ];
    for language in languages {
        for (end, _) in text.char_indices() {
            let _ = look(language, &text[..end]);
            let _ = look(language, &text[end..]);
        }
    }
}

#[test]
fn what_a_value_is_given_to_is_followed_through_a_name() {
    use Language::{Go, JavaScript, Jvm, Python, Ruby};
    for (language, text) in [
        (Python, "a = os.environ['A']\nKafkaProducer(bootstrap_servers=a)"),
        (Python, "a = os.getenv('A')\nKafkaProducer(acks=1, bootstrap_servers=[a])"),
        (Python, "self.a = os.getenv('A')\nProducer({'bootstrap_servers': self.a})"),
        (Python, "def f(a: str = typer.Option(..., help='x', envvar='A')):\n  P(bootstrap_servers=a.split(','))"),
        (
            Python,
            "p.add_argument('--the-a', default=os.getenv('A'))\nargs = p.parse_args()\nP(bootstrap_servers=args.the_a)",
        ),
        (JavaScript, "const a = process.env.A;\nnew Kafka({ bootstrap_servers: [a] })"),
        (JavaScript, "const a = process.env.A.split(',')\nnew Kafka({ bootstrap_servers: a })"),
        (Go, "a := os.Getenv(\"A\")\nkafka.NewReader(kafka.ReaderConfig{bootstrap_servers: []string{a}})"),
        (Jvm, "String a = System.getenv(\"A\");\nprops.put(\"bootstrap_servers\", a);"),
        (Ruby, "a = ENV['A']\nKafka.new(bootstrap_servers: [a])"),
    ] {
        let reads = look(language, text).reads;
        let is_given = |target: &String| target == "bootstrap_servers";
        assert!(reads.iter().any(|read| read.given_to.iter().any(is_given)), "{text}\n{reads:?}");
    }
    for (language, text) in [
        (Python, "a = os.getenv('A')\na = 'x:1'\nKafkaProducer(bootstrap_servers=a)"),
        (Python, "a = os.getenv('A')\nKafkaProducer(bootstrap_servers=a.servers)"),
        (Python, "a = os.getenv('A')\nKafkaProducer(bootstrap_servers=a(1), b=ab)"),
    ] {
        let reads = look(language, text).reads;
        let is_given = |target: &String| target == "bootstrap_servers";
        assert!(!reads.iter().any(|read| read.given_to.iter().any(is_given)), "{text}\n{reads:?}");
    }
}

#[test]
fn ruby_has_lists_of_words() {
    let literals = look(Language::Ruby, "a = %w[x y]\nbrokers = %w(kafka://a:9092\n b:9092)\nc = 'c:9092'").literals;
    let found: Vec<(&str, usize)> = literals.iter().map(|literal| (literal.text.as_str(), literal.line)).collect();
    assert_eq!(found, [("kafka://a:9092", 2), ("b:9092", 3), ("c:9092", 4)]);
    assert_reads(Language::Ruby, &[("a = ENV.fetch('A') { %w[a:1 b:1] }", &["A=a:1,b:1"])]);
}
