defmodule Chat.Postgres.Backoff do
  @moduledoc "How long to wait before trying again: doubled every time, with jitter so that nodes do not march in step."

  @first 100
  @longest 5_000

  @doc "Milliseconds before attempt `attempt` (0 is the first retry): between half and all of the doubled time."
  @spec delay(non_neg_integer, float) :: pos_integer
  def delay(attempt, random \\ :rand.uniform()) do
    full = min(@longest, @first * Integer.pow(2, min(attempt, 10)))
    round(full / 2 + full / 2 * random)
  end
end
