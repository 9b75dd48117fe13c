class Rides < Karafka::App
  setup do |config|
    config.kafka = { 'bootstrap.servers': ENV['RIDES_UPSTREAM'] }
  end
end
