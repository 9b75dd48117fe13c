defmodule Sensors.Pipeline do
  use Broadway

  def start_link(_options) do
    hosts = System.get_env("KAFKA_HOSTS") || "localhost:9092"

    Broadway.start_link(__MODULE__,
      name: __MODULE__,
      producer: [module: {BroadwayKafka.Producer, hosts: hosts, group_id: "sensors", topics: ["readings"]}]
    )
  end
end
