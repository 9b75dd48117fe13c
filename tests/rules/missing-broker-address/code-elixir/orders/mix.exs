defmodule Orders.MixProject do
  defp deps do
    [{:brod, "~> 4.0"}]
  end
end
