defmodule Chat.Rate do
  @moduledoc """
  Token buckets that processes share: so many at once, so many per second in the long run. What is kept of a bucket is
  one number, the time at which it will be full again (the GCRA of ATM), in a table of the application.
  """

  @table __MODULE__

  @doc "Creates the table."
  def create, do: :ets.new(@table, [:named_table, :public, write_concurrency: true])

  @doc """
  Takes one token of the bucket `key` at time `now` (ms), if there is one. `share` (0 to 1) is the part of `burst` and
  `per_second` that may be used here; one token at least is always there in a full bucket.
  """
  @spec take(term, pos_integer, pos_integer, float, integer) :: :ok | :empty
  def take(key, burst, per_second, share, now) do
    # Microseconds: what one token costs, and how far ahead of the time a bucket may be.
    cost = round(1_000_000 / (per_second * share))
    ahead = max(round(burst * share), 1) * cost
    now = now * 1000

    case :ets.lookup(@table, key) do
      [] ->
        if :ets.insert_new(@table, {key, now + cost}),
          do: :ok,
          else: take(key, burst, per_second, share, div(now, 1000))

      [{_, full}] ->
        next = max(full, now) + cost

        cond do
          next - now > ahead -> :empty
          swap(key, full, next) -> :ok
          true -> take(key, burst, per_second, share, div(now, 1000))
        end
    end
  end

  @doc "Forgets the buckets that are full."
  @spec sweep(integer) :: non_neg_integer
  def sweep(now), do: :ets.select_delete(@table, [{{:_, :"$1"}, [{:<, :"$1", now * 1000}], [true]}])

  # Only if no other process was faster.
  defp swap(key, full, next),
    do: :ets.select_replace(@table, [{{key, full}, [], [{{{:const, key}, next}}]}]) == 1
end
