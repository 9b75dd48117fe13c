defmodule Sensors.MixProject do
  use Mix.Project

  def project, do: [app: :sensors, version: "1.0.0", deps: deps()]
  defp deps, do: [{:broadway_kafka, "~> 0.4"}]
end
