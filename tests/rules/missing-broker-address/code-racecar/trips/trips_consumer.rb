require 'racecar'

class TripsConsumer < Racecar::Consumer
  subscribes_to 'trips'

  def process(message)
    puts message.value
  end
end
