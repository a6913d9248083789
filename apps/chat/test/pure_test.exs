defmodule Chat.PureTest do
  use ExUnit.Case, async: true
  alias Chat.{Cluster, Health, Memory, Rate}
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
      key = make_ref()
      assert taken(key, 0, 100) == 20
      assert taken(key, 1_000, 100) == 10
      assert taken(key, 1_100, 5) == 1
      assert taken(key, 60_000, 100) == 20
    end

    test "a share of it, and one at least" do
      assert taken(make_ref(), 0, 100, 0.5) == 10
      key = make_ref()
      assert taken(key, 0, 100, 0.01) == 1
      assert taken(key, 9_000, 100, 0.01) == 0
      assert taken(key, 10_000, 100, 0.01) == 1
    end

    test "processes that take at once get no more together" do
      key = make_ref()
      results = 1..8 |> Enum.map(fn _ -> Task.async(fn -> taken(key, 0, 50) end) end) |> Task.await_many()
      assert Enum.sum(results) == 20
    end

    test "what is full is forgotten" do
      key = make_ref()
      taken(key, 0, 5)
      Rate.sweep(100)
      assert taken(key, 100, 100) == 16
      Rate.sweep(1_000_000)
      assert :ets.lookup(Rate, key) == []
    end

    defp taken(key, now, tries, share \\ 1.0) do
      Enum.count(1..tries, fn _ -> Rate.take(key, 20, 10, share, now) == :ok end)
    end
  end

  describe "memory" do
    @mib 1_048_576
    # Half of what 80 % of this leaves beside 92 MiB: 30 MiB.
    @limit 190 * @mib

    test "nothing goes while there is room" do
      assert Memory.victims(100 * @mib, [{:a, @mib}, {:b, 2 * @mib}], @limit) == []
    end

    test "the longest queues go, until less waits than half of what is left beside the VM" do
      queues = for {name, size} <- [a: 5, b: 20, c: 10, d: 1], do: {name, size * @mib}
      assert Memory.victims(100 * @mib, queues, @limit) == [:b]
      assert Memory.victims(100 * @mib, queues, 128 * @mib) == [:b, :c]
    end

    test "with hardly any memory left some go, whatever waits" do
      queues = for n <- 1..30, do: {n, n * 1000}
      assert Memory.victims(180 * @mib, queues, @limit) == [30, 29, 28]
      assert Memory.victims(180 * @mib, [], @limit) == []
    end

    test "connections follow from the limit" do
      assert Enum.map([64, 128, 256, 512, 4096], &Memory.connections(&1 * @mib)) == [50, 256, 2406, 6775, 10_000]
      assert Memory.connections(nil) == 10_000
    end

    test "takes in no more of unfinished messages than is sure to fit until the next look" do
      most = Memory.most_until_look(0, 0, 256 * @mib)
      assert most == Memory.most_until_look(0, 20 * @mib, 256 * @mib)
      assert Memory.most_until_look(250 * @mib, 5, 256 * @mib) == 5
      assert Memory.most_until_look(200 * @mib, 5, 256 * @mib) in (6 * @mib)..(10 * @mib)
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
