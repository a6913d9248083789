defmodule Chat.PresenceTest do
  use ExUnit.Case, async: true
  alias Chat.Rooms.Presence

  defp user(id), do: %{id: id, name: "User #{id}"}
  defp ids(users), do: Enum.map(users, & &1.id)

  defp taken(presence),
    do: with({{joined, left}, presence} <- Presence.take_changes(presence), do: {ids(joined), left, presence})

  test "a person is there once, however many connections they have, here and elsewhere" do
    presence =
      %Presence{}
      |> Presence.enter(user("1"))
      |> Presence.enter(user("1"))
      |> Presence.put_peer(:peer, [user("1"), user("2")])

    assert Presence.count(presence) == 2
    assert ids(Presence.users(presence)) == ["1", "2"]
    {["1", "2"], [], presence} = taken(presence)

    presence = presence |> Presence.leave("1") |> Presence.gone("1")
    assert {[], [], presence} = taken(presence)
    presence = presence |> Presence.leave("1") |> Presence.gone("1")
    assert {[], [], presence} = taken(presence)
    assert {[], ["1", "2"], presence} = taken(Presence.drop_peer(presence, :peer))
    assert Presence.count(presence) == 0
  end

  test "who is back before anybody was told was never away" do
    {_, _, presence} = %Presence{} |> Presence.enter(user("1")) |> taken()
    presence = presence |> Presence.leave("1") |> Presence.enter(user("1")) |> Presence.gone("1")
    refute Presence.changed?(presence)
    presence = presence |> Presence.leave("1") |> Presence.gone("1") |> Presence.enter(user("1"))
    assert {[], [], _} = taken(presence)
  end

  test "other nodes are told of this one alone" do
    presence = %Presence{} |> Presence.enter(user("1")) |> Presence.put_peer(:peer, [user("2")])
    {{joined, left}, presence} = Presence.take_changes_here(presence)
    assert {ids(joined), left} == {["1"], []}
    {{[], ["1"]}, _} = presence |> Presence.leave("1") |> Presence.gone("1") |> Presence.take_changes_here()
  end

  test "random comings and goings: the differences give the list" do
    :rand.seed(:exsss, {1, 2, 3})
    start = {%Presence{}, %{}, MapSet.new()}

    Enum.reduce(1..3_000, start, fn _, {presence, here, told} ->
      id = "#{:rand.uniform(6)}"
      peer = Enum.random([:a, :b])

      {presence, here} =
        case :rand.uniform(6) do
          1 ->
            {Presence.enter(presence, user(id)), Map.update(here, id, 1, &(&1 + 1))}

          2 when is_map_key(here, id) and :erlang.map_get(id, here) > 0 ->
            {Presence.leave(presence, id), Map.update!(here, id, &(&1 - 1))}

          3 ->
            {Presence.gone(presence, id), here}

          4 ->
            {Presence.put_peer(presence, peer, for(n <- 1..6, :rand.uniform() > 0.5, do: user("#{n}"))), here}

          5 ->
            {Presence.change_peer(presence, peer, [user(id)], ["#{:rand.uniform(6)}"] -- [id]), here}

          6 ->
            {Presence.drop_peer(presence, peer), here}

          _ ->
            {presence, here}
        end

      expected =
        [Map.keys(presence.here) | presence.elsewhere |> Map.values() |> Enum.map(&Map.keys/1)]
        |> Enum.concat()
        |> MapSet.new()

      assert MapSet.new(ids(Presence.users(presence))) == expected

      if :rand.uniform() > 0.6 do
        {joined, left, presence} = taken(presence)
        told = told |> MapSet.union(MapSet.new(joined)) |> MapSet.difference(MapSet.new(left))
        assert told == expected
        {presence, here, told}
      else
        {presence, here, told}
      end
    end)
  end
end
