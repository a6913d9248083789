defmodule Chat.PureTest do
  use ExUnit.Case, async: true
  alias Chat.{Cluster, Health, Rate}
  alias Chat.Postgres.Backoff

  describe "health" do
    defp looks(results), do: Enum.reduce(results, Health.initial(), &Health.look(&2, &1)).ready

    test "the first good look is enough, before that nothing is" do
      refute looks([])
      refute looks([false, false, false, false])
      assert looks([false, false, true])
    end

    test "three failures in a row take the node out, two answers bring it back" do
      assert looks([true, false, false])
      assert looks([true, false, false, true, false, false])
      refute looks([true, false, false, false])
      refute looks([true, false, false, false, true])
      refute looks([true, false, false, false, true, false, true])
      assert looks([true, false, false, false, true, true])
    end
  end

  describe "rate" do
    test "allows the burst, then the rate" do
      {taken, bucket} = take(Rate.new(20, 10, 0), 0, 100)
      assert taken == 20
      assert {10, bucket} = take(bucket, 1_000, 100)
      assert {1, bucket} = take(bucket, 1_100, 5)
      assert {20, _} = take(bucket, 60_000, 100)
    end

    defp take(bucket, now, tries) do
      Enum.reduce(1..tries, {0, bucket}, fn _, {taken, bucket} ->
        case Rate.take(bucket, now) do
          {:ok, bucket} -> {taken + 1, bucket}
          {:empty, bucket} -> {taken, bucket}
        end
      end)
    end
  end

  describe "backoff" do
    test "doubles up to five seconds, with jitter of half" do
      for attempt <- 0..100 do
        low = Backoff.delay(attempt, 0.0)
        high = Backoff.delay(attempt, 1.0)
        assert high == min(5_000, 100 * Integer.pow(2, min(attempt, 10)))
        assert low == div(high, 2)
      end
    end
  end

  test "nodes of addresses: each once, in order, without this one" do
    addresses = [{10, 0, 0, 3}, {10, 0, 0, 1}, {10, 0, 0, 3}, {10, 0, 0, 2}]
    assert Cluster.nodes_at(addresses, :"chat@10.0.0.1") == [:"chat@10.0.0.2", :"chat@10.0.0.3"]
  end
end
