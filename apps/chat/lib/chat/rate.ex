defmodule Chat.Rate do
  @moduledoc "A token bucket: so many at once, so many per second in the long run. Pure."

  @enforce_keys [:burst, :per_second, :tokens, :at]
  defstruct [:burst, :per_second, :tokens, :at]

  @type t :: %__MODULE__{}

  @doc "A full bucket at time `now` (ms)."
  @spec new(pos_integer, pos_integer, integer) :: t
  def new(burst, per_second, now), do: %__MODULE__{burst: burst, per_second: per_second, tokens: burst, at: now}

  @doc "Takes one token, if there is one."
  @spec take(t, integer) :: {:ok, t} | {:empty, t}
  def take(bucket, now) do
    tokens = min(bucket.burst, bucket.tokens + (now - bucket.at) * bucket.per_second / 1000)
    bucket = %{bucket | tokens: tokens, at: now}
    if tokens >= 1, do: {:ok, %{bucket | tokens: tokens - 1}}, else: {:empty, bucket}
  end
end
