class KarafkaApp < Karafka::App
  setup do |config|
    config.kafka = { 'bootstrap.servers': ENV.fetch('KAFKA_HOSTS', '127.0.0.1:9092') }
    config.client_id = 'subscriptions'
  end

  routes.draw do
    topic(:renewals) { consumer RenewalsConsumer }
  end
end
