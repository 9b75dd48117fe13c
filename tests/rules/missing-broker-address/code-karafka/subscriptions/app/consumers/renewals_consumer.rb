class RenewalsConsumer < Karafka::BaseConsumer
  def consume
    messages.each { |message| puts message.payload }
  end
end
