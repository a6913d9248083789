defmodule Chat.DrainTest do
  use ExUnit.Case, async: true
  alias Chat.Drain

  test "nobody to tell" do
    assert Drain.schedule(0, 30_000) == []
  end

  test "every connection has its time, spread evenly, and all are closed in time" do
    for count <- [1, 2, 3, 7, 99, 100, 101, 5_000], total <- [1_000, 3_000, 30_000, 60_000] do
      times = Drain.schedule(count, total)
      assert length(times) == count
      assert times == Enum.sort(times)
      assert hd(times) > 0
      assert List.last(times) <= max(total - 2_500, div(total, 2))

      batches = times |> Enum.frequencies() |> Map.values()
      assert Enum.max(batches) - Enum.min(batches) <= 1
      starts = Enum.uniq(times)
      for {a, b} <- Enum.zip(starts, tl(starts)), do: assert(b - a >= 99)
    end
  end

  test "few connections are far apart" do
    assert Drain.schedule(4, 30_000) == [6_875, 13_750, 20_625, 27_500]
  end
end
