use clap::Parser;
use rskafka::client::ClientBuilder;

#[derive(Parser)]
struct Args {
    #[arg(long, env = "PROBE_KAFKA_BROKERS", default_value = "localhost:9092", value_delimiter = ',')]
    brokers: Vec<String>,
}

fn main() {
    let args = Args::parse();
    let _client = ClientBuilder::new(args.brokers);
}
