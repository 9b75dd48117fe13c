require "rdkafka"
config = { :"bootstrap.servers" => ENV["QUEUE_SERVERS"] }
Rdkafka::Config.new(config).producer
